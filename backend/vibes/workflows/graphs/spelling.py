"""A graph in the spelling of the node that it goes to: the same files, named as that node lists them."""

import re
from typing import Any

from vibes.domain.graph import Graph
from vibes.domain.node import NodeInventory

_EMBEDDING = re.compile(r"\bembedding:([^\s,]+)")
"""As ComfyUI finds one in a prompt: a word, up to white space."""
_SUFFIX = re.compile(r"\.(safetensors|pt|bin)$")
"""An embedding may be named with it, and is listed without."""
_WEIGHT = re.compile(r"[():]")
"""Where the name ends in ``(embedding:NAME:1.2)``."""


def spelled_for(inventory: NodeInventory, graph: Graph) -> Graph:
    """The same object where nothing is spelled otherwise there; what the node does not list stays as it is."""
    changed = {
        graph_node_id: new for graph_node_id, each in graph.items() if (new := _spelled(inventory, each)) != each
    }
    return {**graph, **changed} if changed else graph


def _spelled(inventory: NodeInventory, graph_node: Any) -> Any:
    class_type = graph_node["class_type"]
    inputs = {
        name: _with_embeddings(inventory, inventory.spelling(class_type, name, value))
        if isinstance(value, str)
        else value
        for name, value in graph_node["inputs"].items()
    }
    return {**graph_node, "inputs": inputs}


def _with_embeddings(inventory: NodeInventory, text: str) -> str:
    if "embedding:" not in text:
        return text
    return _EMBEDDING.sub(lambda found: f"embedding:{_embedding(inventory, found[1])}", text)


def _embedding(inventory: NodeInventory, word: str) -> str:
    """A word as it is, or with the name at its beginning in the node's spelling."""
    for name in dict.fromkeys((word, _WEIGHT.split(word, maxsplit=1)[0])):
        suffix = _SUFFIX.search(name)
        stem = name[: suffix.start()] if suffix else name
        own = inventory.embedding(stem)
        if own is not None:
            return own + word[len(stem) :]
    return word
