"""Warnings about the graph-node classes of a template that do not come with ComfyUI, since they may be misspelt.

Custom classes are allowed, and the shipped table may lack the newest ones: a warning, never an error.
"""

from collections.abc import Iterator

from vibes.domain.errors import DocumentProblem
from vibes.text.near_names import near_name_hint
from vibes.workflows.definition.template import Template
from vibes.workflows.meaning.core_classes import core_schema

_ALIKE = 0.8
"""Similarity, 0 to 1, from which a known name is suggested; classes less similar are taken for custom ones."""


def class_warnings(template: Template) -> Iterator[DocumentProblem]:
    """One for each class that the table lacks, at its first graph node."""
    known = core_schema().classes
    told: set[str] = set()
    for graph_node_id, graph_node in template.graph.items():
        name = graph_node["class_type"]
        if name not in known and name not in told:
            told.add(name)
            hint = near_name_hint(name, known, cutoff=_ALIKE)
            message = f"graph-node class {name!r} is not known to come with ComfyUI{hint or ': a custom one?'}"
            yield template.document.problem((graph_node_id, "class_type"), message)
