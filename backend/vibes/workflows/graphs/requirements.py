"""What a graph needs on a node: model files, graph-node classes and list values, checked before anything is sent."""

from collections.abc import Iterator

from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.graph import Graph
from vibes.workflows.graphs.model_inputs import MODEL_FILE_INPUTS
from vibes.workflows.graphs.text_inputs import TEXT_INPUTS

NOT_UPLOADED = "not-uploaded.png"
"""A name in place of a picture that is uploaded with the prompt."""

_FREE_TEXTS = frozenset({*TEXT_INPUTS, "filename_prefix"})
_LONGEST_CHOICE = 200
"""Characters. A longer text, or one of several lines, is taken for prose and not for a list value."""


def requirements(graph: Graph) -> Requirements:
    """Read from a filled graph; which of its texts must be list values is decided with each node's lists."""
    texts = list(_texts(graph))
    return Requirements(
        files=frozenset(
            (folder, value)
            for class_type, name, value in texts
            if (folder := MODEL_FILE_INPUTS.get((class_type, name))) is not None
        ),
        graph_node_classes=frozenset(graph_node["class_type"] for graph_node in graph.values()),
        choices=frozenset(
            (class_type, name, value)
            for class_type, name, value in texts
            if (class_type, name) not in MODEL_FILE_INPUTS and _may_be_a_choice(name, value)
        ),
    )


def _texts(graph: Graph) -> Iterator[tuple[str, str, str]]:
    for graph_node in graph.values():
        for name, value in graph_node["inputs"].items():
            if isinstance(value, str):
                yield graph_node["class_type"], name, value


def _may_be_a_choice(name: str, value: str) -> bool:
    free = name in _FREE_TEXTS or value == NOT_UPLOADED
    return not free and len(value) <= _LONGEST_CHOICE and "\n" not in value
