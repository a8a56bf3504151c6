"""Guesses the model family of a graph from the files and types that its loaders name."""

from collections.abc import Iterator
from dataclasses import dataclass

from vibes.domain.pictures.graph import Graph
from vibes.workflows.meaning.found import Roles
from vibes.workflows.models.file_families import OTHERS, guess_file

_FILE_ROLES = ("checkpoint", "diffusion_model")
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


def guess_family(graph: Graph, roles: Roles) -> FamilyGuess:
    """What a file says itself counts before a well-known finetune's name, and both before a text encoder's type."""
    files = [str(found.value) for role in _FILE_ROLES for found in roles.settings.get(role, ())]
    guesses = [(file, guess_file(file)) for file in files]
    told = [(file, guess) for file, guess in guesses if guess.family is not None and guess.family not in OTHERS]
    if _is_flux_2(graph, roles):
        told = [(file, guess) for file, guess in told if guess.family != "flux"]
    if told:
        file, guess = min(told, key=lambda each: each[1].well_known)
        why = f"since {file} is a well-known one of it" if guess.well_known else f"by the name of {file}"
        return FamilyGuess(guess.family, why)
    other = _is_flux_2(graph, roles) or any(guess.family in OTHERS for _, guess in guesses)
    for kind in () if other else _types(graph, roles):
        if kind in _FAMILIES_OF_TYPES:
            return FamilyGuess(_FAMILIES_OF_TYPES[kind], f"by the text encoder's type {kind}")
    if not files:
        return FamilyGuess(None, "it loads no checkpoint")
    return FamilyGuess(None, f"the name of {files[0]} does not tell it{_hint(graph, roles)}")


def _is_flux_2(graph: Graph, roles: Roles) -> bool:
    """Told by its own latent, scheduler or text encoder, whatever the folders of its files say."""
    classes = (graph[each]["class_type"] for each in roles.order)
    return "flux2" in _types(graph, roles) or any("flux2" in each.lower() for each in classes)


def _types(graph: Graph, roles: Roles) -> Iterator[str]:
    for graph_node_id in roles.order:
        kind = graph[graph_node_id]["inputs"].get(_TYPE_INPUT)
        if isinstance(kind, str):
            yield kind


def _hint(graph: Graph, roles: Roles) -> str:
    for width, _ in roles.sizes:
        value = width.value
        if graph[width.place.graph_node_id]["class_type"] == "EmptyLatentImage" and isinstance(value, int) and value:
            likely = "sd15" if value <= _DRAFT_SIDE else "sdxl"
            return f"; its size of {value} pixels is usual for {likely}"
    return ""
