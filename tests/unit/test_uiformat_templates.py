"""ComfyUI's own templates, for those who have the package that brings them; they are not the project's to ship."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.schema import Input
from vibes.workflows.uiformat.convert import to_api
from vibes.workflows.uiformat.document import is_ui_format
from vibes.workflows.uiformat.field_values import fits, has_field
from vibes.workflows.uiformat.routes import fit

PACKAGES = ("comfyui_workflow_templates", "comfyui_workflow_templates_json")
ACCEPTED = 0.9


def templates() -> list[Path]:
    specs = [found for name in PACKAGES if (found := find_spec(name)) is not None and found.origin]
    return [path for spec in specs for path in Path(str(spec.origin)).parent.glob("templates/*.json")]


def complaints(graph: dict[str, Any]) -> Iterator[str]:
    """What a ComfyUI would say of it, by the shipped classes: what is missing, of a wrong type, or linked wrongly."""
    for graph_node_id, node in graph.items():
        known = core_schema().get(node["class_type"])
        for told in known.inputs if known else ():
            yield from (f"{graph_node_id}.{told.name} {each}" for each in complaint(graph, node["inputs"], told))


def complaint(graph: dict[str, Any], inputs: dict[str, Any], told: Input) -> Iterator[str]:
    value = inputs.get(told.name)
    if value is None:
        if told.required and not told.type.startswith("COMFY_") and (not has_field(told) or told.default is not None):
            yield "is missing"
    elif isinstance(value, list):
        giver = core_schema().get(graph[value[0]]["class_type"])
        output = giver.output(value[1]) if giver else None
        if output is None or not fit(output.type, told.type):
            yield f"is linked to {value}"
    elif has_field(told) and not fits(told, value):
        yield f"is {value!r}"


@pytest.mark.skipif(not templates(), reason="needs one of " + ", ".join(PACKAGES))
def test_most_templates_of_core_classes_become_a_graph_that_comfyui_takes() -> None:
    told: dict[str, list[str]] = {}
    for path in templates():
        document = json.loads(path.read_text("utf-8"))
        found = to_api(document, core_schema()) if is_ui_format(document) else None
        if found is not None and not found.missing:
            told[path.name] = list(complaints(found.graph))
    refused = {name: each for name, each in told.items() if each}
    assert len(told) > 50, "it finds them"
    assert len(refused) <= (1 - ACCEPTED) * len(told), refused
