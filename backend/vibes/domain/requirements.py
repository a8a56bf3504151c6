"""What a graph asks of a node, and what a node lacks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vibes.domain.node import ModelFolder, NodeInventory

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
"""What samplers and sigmas call the names of their methods; they share their lists."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything that a node must have for a graph to pass its validation."""

    files: frozenset[tuple[ModelFolder, str]]
    graph_node_classes: frozenset[str]
    choices: frozenset[tuple[str, str, str]] = frozenset()
    """Class, input and value of every other text in the graph that may have to be one of a node's list."""
    key: str = field(init=False, compare=False, repr=False)
    """Equal for equal requirements."""

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "key", repr((sorted(self.files), sorted(self.graph_node_classes), sorted(self.choices)))
        )


def file_word(folder: ModelFolder) -> str:
    """What a file of this folder is called in a sentence."""
    return _FILE_WORDS[folder]


def choice_word(class_type: str, input_name: str) -> str:
    """What the value of an input that takes one of a list is called in a sentence."""
    return _CHOICE_WORDS.get(input_name) or f"{class_type}'s {input_name}"


def missing(needed: Requirements, inventory: NodeInventory) -> tuple[str, ...]:
    """Why a node with this inventory cannot run the graph, one reason per thing; empty when it can."""
    files = (
        f"lacks {_FILE_WORDS[folder]} {name}"
        for folder, name in sorted(needed.files)
        if not inventory.has_file(folder, name)
    )
    classes = (f"lacks graph node {name}" for name in sorted(needed.graph_node_classes - inventory.graph_node_classes))
    choices = sorted(
        f"lacks {choice_word(class_type, name)} {value}"
        for class_type, name, value in needed.choices
        if not inventory.takes(class_type, name, value)
    )
    return (*classes, *files, *dict.fromkeys(choices))
