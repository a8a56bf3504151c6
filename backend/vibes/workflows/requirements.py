"""What a graph asks of a node: model files and graph-node classes, checked before anything is sent."""

from vibes.domain.graph import Graph
from vibes.domain.node import MODEL_FILE_INPUTS
from vibes.domain.requirements import Requirements


def requirements(graph: Graph) -> Requirements:
    """Read off a filled graph; files that custom graph nodes name are not known and stay their node's affair."""
    files = frozenset(
        (folder, value)
        for graph_node in graph.values()
        for name, value in graph_node["inputs"].items()
        if isinstance(value, str) and (folder := MODEL_FILE_INPUTS.get((graph_node["class_type"], name)))
    )
    return Requirements(files, frozenset(graph_node["class_type"] for graph_node in graph.values()))
