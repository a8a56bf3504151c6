"""The small drawing of a graph that is imported."""

from typing import Any

from tests.unit.import_exports import graph_node
from tests.unit.ui_canvas import Canvas
from vibes.workflows.graphs.nested import inside
from vibes.workflows.importing.drawing import COLUMN, Corners, Drawing, draw
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.wiring import Wiring
from vibes.workflows.uiformat.convert import to_api


def drawing(graph: dict[str, Any], corners: Corners | None = None) -> Drawing:
    return draw(Wiring.of(graph, None), corners or {})


PAIR = {"1": graph_node("CLIPLoader"), "2": graph_node("CLIPTextEncode", text="a fox", clip=["1", 0])}


def test_stands_as_its_author_laid_it_out_where_that_is_told_of_every_graph_node() -> None:
    canvas = Canvas()
    clip = canvas.add("CLIPLoader", ["t5.safetensors", "sd3"], outs="CLIP", pos=[-120.6, 40], size=[200, 100])
    canvas.add("CLIPTextEncode", ["a fox"], ins={"clip": (clip, 0)}, outs="CONDITIONING", pos={"0": 300, "1": 12.2})
    converted = to_api(canvas.document(), core_schema())
    laid_out = drawing(converted.graph, converted.corners)
    assert [(each.x, each.y) for each in laid_out.nodes] == [(-121, 40), (300, 12)]


def test_stands_in_columns_where_a_place_is_missing_or_far_away_or_all_are_one() -> None:
    places: list[Corners] = [
        {"1": (0.0, 0.0)},
        {"1": (0.0, 0.0), "2": (float("inf"), 0.0)},
        {"1": (0.0, 0.0), "2": (float("nan"), 0.0)},
        {"1": (0.0, 0.0), "2": (1e300, 0.0)},
        {"1": (5.0, 5.0), "2": (5.0, 5.0)},
    ]
    for corners in places:
        assert [(each.x, each.y) for each in drawing(PAIR, corners).nodes] == [(0, 0), (COLUMN, 0)], corners


def test_values_inside_objects_are_told_by_the_way_that_a_binding_names() -> None:
    inputs: dict[str, Any] = {
        "lora_1": {"on": True, "lora": "ink.safetensors", "strength": 0.7},
        "stack": {"all": [{"weight": 1}, "x"]},
        "dotted": {"a.b": 1},
        "none": {},
        "model": ["1", 0],
    }
    (_, stack) = drawing({"1": graph_node("CLIPLoader"), "2": graph_node("Stack", **inputs)}).nodes
    assert stack.inputs == {
        "lora_1.on": True,
        "lora_1.lora": "ink.safetensors",
        "lora_1.strength": 0.7,
        "stack.all.0.weight": 1,
        "stack.all.1": "x",
        "dotted": {"a.b": 1},
        "none": {},
    }
    for way in ("lora_1.strength", "stack.all.0.weight", "stack.all.1"):
        found = inside(inputs, way)
        assert found is not None
        assert found.value == stack.inputs[way]


def test_an_object_of_any_size_and_depth_is_told_in_few_values() -> None:
    deep: dict[str, Any] = {"end": 1}
    for _ in range(200):
        deep = {"in": deep}
    wide = {str(number): number for number in range(10_000)}
    (node,) = drawing({"1": graph_node("Odd", deep=deep, wide=wide)}).nodes
    assert "deep" in node.inputs
    assert len(node.inputs) < 100
