"""What an order needs on a node of any kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vibes.domain.nodes.node import ModelFolder
from vibes.domain.nodes.wanted import Wanted
from vibes.domain.pictures.spec import Operation

_FILE_WORDS: Mapping[ModelFolder, str] = {
    ModelFolder.CHECKPOINTS: "checkpoint",
    ModelFolder.LORAS: "LoRA",
    ModelFolder.VAE: "VAE",
    ModelFolder.TEXT_ENCODERS: "text encoder",
    ModelFolder.DIFFUSION_MODELS: "diffusion model",
    ModelFolder.CONTROLNET: "ControlNet",
    ModelFolder.UPSCALE_MODELS: "upscale model",
    ModelFolder.CLIP_VISION: "vision encoder",
    ModelFolder.STYLE_MODELS: "style model",
    ModelFolder.EMBEDDINGS: "embedding",
    ModelFolder.GLIGEN: "GLIGEN model",
    ModelFolder.HYPERNETWORKS: "hypernetwork",
    ModelFolder.PHOTOMAKER: "PhotoMaker model",
    ModelFolder.MODEL_PATCHES: "model patch",
}

_CHOICE_WORDS: Mapping[str, str] = {"sampler_name": "sampler", "scheduler": "scheduler"}
"""Names of sampler and scheduler inputs in sentences; all classes share these lists."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything that a node must have or be able to do. Each kind judges what concerns it: files and names by its
    lists, a workflow by its graph nodes or, without any, by the workflow's purpose."""

    files: frozenset[tuple[ModelFolder, str]]
    graph_node_classes: frozenset[str]
    choices: frozenset[tuple[str, str, str]] = frozenset()
    """Class, input and value of every other text in the graph that may have to be in a list of the node."""
    workflow: str = ""
    """The workflow's name; empty when any will do."""
    family: str = ""
    operation: Operation | None = None
    wanted: Wanted | None = None
    """None where only the workflow is asked about."""
    key: str = field(init=False, compare=False, repr=False)
    """A hash, equal for equal requirements."""

    def __post_init__(self) -> None:
        lists = (sorted(self.files), sorted(self.graph_node_classes), sorted(self.choices))
        object.__setattr__(self, "key", repr((*lists, self.workflow, self.family, self.operation, self.wanted)))


def file_word(folder: ModelFolder) -> str:
    """The word for a file of this folder in sentences."""
    return _FILE_WORDS[folder]


def choice_word(class_type: str, input_name: str) -> str:
    """The word for the value of an input with a list in sentences."""
    return _CHOICE_WORDS.get(input_name) or f"{class_type}'s {input_name}"
