"""Spells a graph's file names as the node lists them that it is sent to."""

import re
from typing import Any

from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory

_EMBEDDING = re.compile(r"\bembedding:([^\s,]+)")
"""An embedding in a prompt as ComfyUI finds it: up to the next white space."""
_SUFFIX = re.compile(r"\.(safetensors|pt|bin)$")
"""A suffix that a prompt may have and the list has not."""
_WEIGHT = re.compile(r"[():]")
"""Characters that end the name, as in ``(embedding:NAME:1.2)``."""


def spelled_for(inventory: ComfyUIInventory, graph: Graph) -> Graph:
    """The graph in the node's spelling, or the same object where that is equal; names that it does not list stay."""
    changed = {
        graph_node_id: new for graph_node_id, each in graph.items() if (new := _spelled(inventory, each)) != each
    }
    return {**graph, **changed} if changed else graph


def _spelled(inventory: ComfyUIInventory, graph_node: Any) -> Any:
    class_type = graph_node["class_type"]
    inputs = {
        name: _with_embeddings(inventory, inventory.spelling(class_type, name, value))
        if isinstance(value, str)
        else value
        for name, value in graph_node["inputs"].items()
    }
    return {**graph_node, "inputs": inputs}


def _with_embeddings(inventory: ComfyUIInventory, text: str) -> str:
    if "embedding:" not in text:
        return text
    return _EMBEDDING.sub(lambda found: f"embedding:{_embedding(inventory, found[1])}", text)


def _embedding(inventory: ComfyUIInventory, word: str) -> str:
    """The word, its name in the node's spelling if it begins with an embedding."""
    for name in dict.fromkeys((word, _WEIGHT.split(word, maxsplit=1)[0])):
        suffix = _SUFFIX.search(name)
        stem = name[: suffix.start()] if suffix else name
        own = inventory.embedding(stem)
        if own is not None:
            return own + word[len(stem) :]
    return word
