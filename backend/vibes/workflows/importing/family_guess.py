"""Guesses the model family of a graph from the files and types that its loaders name."""

from dataclasses import dataclass

from vibes.domain.pictures.graph import Graph
from vibes.workflows.graphs.walk import setting
from vibes.workflows.models.file_families import OTHERS, guess_file

_FILE_INPUTS = ("ckpt_name", "unet_name")
_TYPE_INPUT = "type"

_FAMILIES_OF_TYPES = {"flux": "flux", "qwen_image": "qwen-image", "sdxl": "sdxl"}
"""Families by the ``type`` of CLIP loaders; other types are used by several families."""

_DRAFT_SIDE = 768
"""Pixels. SD 1.5 was trained at 512, its finetunes up to 768; SDXL at 1024."""


@dataclass(frozen=True, slots=True)
class FamilyGuess:
    family: str | None
    """None: unknown."""
    reason: str
    """What the guess rests on, or what would help to make one."""


def guess_family(graph: Graph) -> FamilyGuess:
    files = [found for name in _FILE_INPUTS for found in _texts(graph, name)]
    for file in files:
        guess = guess_file(file)
        if guess.family is not None and guess.family not in OTHERS and not guess.well_known:
            return FamilyGuess(guess.family, f"by the name of {file}")
    for kind in _texts(graph, _TYPE_INPUT):
        if kind in _FAMILIES_OF_TYPES:
            return FamilyGuess(_FAMILIES_OF_TYPES[kind], f"by the text encoder's type {kind}")
    if not files:
        return FamilyGuess(None, "it loads no checkpoint")
    return FamilyGuess(None, f"the name of {files[0]} does not tell it{_hint(graph)}")


def _texts(graph: Graph, name: str) -> list[str]:
    found = (
        setting(graph, graph_node_id, name, str) for graph_node_id, each in graph.items() if name in each["inputs"]
    )
    return [str(text.value) for text in found if text]


def _hint(graph: Graph) -> str:
    for graph_node_id, graph_node in graph.items():
        width = setting(graph, graph_node_id, "width", int)
        if graph_node["class_type"] == "EmptyLatentImage" and width:
            likely = "sd15" if int(width.value) <= _DRAFT_SIDE else "sdxl"
            return f"; its size of {width.value} pixels is usual for {likely}"
    return ""
