"""What a ComfyUI's error about a graph means: an unreadable file, a missing image, or a wrong order."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from vibes.domain.nodes.node import ModelFile
from vibes.domain.nodes.outcome import Errored
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.files_read import files_read_by
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.text.file_names import with_slashes

_NO_SUCH_FILE = "FileNotFoundError"
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class GraphFailure:
    """The graph failed; ``message`` is the node's own, ``out_of_memory`` says that the card's memory was full."""

    message: str
    graph_node_class: str
    out_of_memory: bool
    graph_node_id: str = ""
    """The graph node that failed; empty: not told."""
    kind: str = ""
    """Name of the Python exception; built-ins without their module."""


def explained(
    failure: GraphFailure, graph: Graph, inventory: ComfyUIInventory | None, uploads: Collection[str]
) -> Errored:
    """The failure in the form of every kind of node. ``uploads``: names of the uploaded images in graphs."""
    files = () if inventory is None else unreadable(failure, graph, inventory)
    return Errored(
        sentence(failure, files),
        unreadable=files,
        reason=reason(failure) if files else "",
        lost_image=lost_input(failure, graph, uploads),
    )


def unreadable(error: GraphFailure, graph: Graph, inventory: ComfyUIInventory) -> tuple[ModelFile, ...]:
    """The model files that the failed graph node may have failed on; none when it ran out of memory.

    Of several files those named in the message, or all when it names none.
    """
    files = () if error.out_of_memory else files_read_by(graph, error.graph_node_id, inventory)
    named = tuple(file for file in files if with_slashes(file.name).rsplit("/", 1)[-1] in error.message)
    return named or files


def refused_files(not_listed: Collection[str], graph: Graph, inventory: ComfyUIInventory) -> list[ModelFile]:
    """Model files of the graph that the node no longer lists."""
    names = set(map(with_slashes, not_listed))
    files = (file for graph_node_id in graph for file in files_read_by(graph, graph_node_id, inventory))
    return list(dict.fromkeys(file for file in files if with_slashes(file.name) in names))


def lost_input(error: GraphFailure, graph: Graph, uploads: Collection[str]) -> bool:
    """Whether a picture of ours was missing: somebody emptied the node's input folder while the prompt waited."""
    graph_node: Any = graph.get(error.graph_node_id, {"inputs": {}})
    mine = (isinstance(value, str) and value in uploads for value in graph_node["inputs"].values())
    return error.kind == _NO_SUCH_FILE and any(mine)


def sentence(error: GraphFailure, files: tuple[ModelFile, ...]) -> str:
    """The node's own words, after the graph node and the files concerned."""
    if not files:
        return error.message
    names = " or ".join(file.name for file in files)
    return f"{error.graph_node_class} ({error.graph_node_id}) cannot read {names}: {reason(error)}"


def reason(error: GraphFailure) -> str:
    """The first line, of a long one the first sentence: some libraries add pages of advice."""
    line = error.message.strip().partition("\n")[0]
    if len(line) > _LONGEST_REASON:
        line = line.partition(". ")[0]
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"
