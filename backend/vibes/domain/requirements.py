"""What a graph asks of a node, and what a node lacks of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from vibes.domain.node import ModelFolder, NodeInventory

_FILE_WORDS: Mapping[ModelFolder, str] = {
    ModelFolder.CHECKPOINTS: "checkpoint",
    ModelFolder.LORAS: "LoRA",
    ModelFolder.VAE: "VAE",
    ModelFolder.TEXT_ENCODERS: "text encoder",
    ModelFolder.DIFFUSION_MODELS: "diffusion model",
    ModelFolder.CONTROLNET: "ControlNet",
    ModelFolder.UPSCALE_MODELS: "upscale model",
}


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything that a node must have for a graph to pass its validation."""

    files: frozenset[tuple[ModelFolder, str]]
    graph_node_classes: frozenset[str]


def missing(needed: Requirements, inventory: NodeInventory) -> tuple[str, ...]:
    """Why a node with this inventory cannot run the graph, one reason per thing; empty when it can."""
    files = (
        f"lacks {_FILE_WORDS[folder]} {name}"
        for folder, name in sorted(needed.files)
        if not inventory.has_file(folder, name)
    )
    classes = (f"lacks graph node {name}" for name in sorted(needed.graph_node_classes - inventory.graph_node_classes))
    return (*classes, *files)
