"""What a node's error about a prompt means: it cannot read a file, misses a picture, or the job is wrong."""

from typing import Any

from vibes.domain.errors import PromptRejected
from vibes.domain.graph import Graph
from vibes.domain.node import ModelFile, NodeInventory
from vibes.domain.outcome import Errored
from vibes.text.file_names import with_slashes
from vibes.workflows.graphs.loading import files_read_by

_NO_SUCH_FILE = "FileNotFoundError"
_LONGEST_REASON = 200


def unreadable(error: Errored, graph: Graph, inventory: NodeInventory) -> tuple[ModelFile, ...]:
    """The model files of the graph node that failed, none of which may be to blame where it ran out of memory.

    Of several it is those that the message names, and all where it names none.
    """
    files = () if error.out_of_memory else files_read_by(graph, error.graph_node_id, inventory)
    named = tuple(file for file in files if with_slashes(file.name).rsplit("/", 1)[-1] in error.message)
    return named or files


def refused_files(error: PromptRejected, graph: Graph, inventory: NodeInventory) -> set[ModelFile]:
    """The model files that the node does not have in its lists when they are asked for."""
    names = {with_slashes(name) for name in error.not_listed}
    files = (file for graph_node_id in graph for file in files_read_by(graph, graph_node_id, inventory))
    return {file for file in files if with_slashes(file.name) in names}


def lost_input(error: Errored, graph: Graph, uploads: frozenset[str]) -> bool:
    """Whether it missed a picture of ours: somebody tidied its input folder while the prompt waited."""
    graph_node: Any = graph.get(error.graph_node_id, {"inputs": {}})
    mine = (isinstance(value, str) and value in uploads for value in graph_node["inputs"].values())
    return error.kind == _NO_SUCH_FILE and any(mine)


def sentence(error: Errored, files: tuple[ModelFile, ...]) -> str:
    """In the node's own words, after the graph node and the files that it is about."""
    if not files:
        return error.message
    names = " or ".join(file.name for file in files)
    return f"{error.graph_node_class} ({error.graph_node_id}) cannot read {names}: {reason(error)}"


def reason(error: Errored) -> str:
    """The first line, of a long one the first sentence: some libraries add pages of advice."""
    line = error.message.strip().partition("\n")[0]
    if len(line) > _LONGEST_REASON:
        line = line.partition(". ")[0]
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"
