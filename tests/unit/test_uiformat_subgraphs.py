"""What is inside subgraphs and group nodes is in the graph under the ids of all that is around it."""

from typing import Any

import pytest

from tests.unit.ui_canvas import SUBGRAPH_INPUTS, Canvas, Given, inside
from vibes.domain.errors import InvalidRequest
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.uiformat.convert import Converted, to_api

TEXT_INS = {"clip": "CLIP", "text": "STRING"}


def converted(canvas: Canvas, *subgraphs: dict[str, Any], **more: Any) -> Converted:
    return to_api(canvas.document(*subgraphs, **more), core_schema())


def inputs_of(found: Converted, node_id: str) -> dict[str, Any]:
    inputs: dict[str, Any] = found.graph[node_id]["inputs"]
    return inputs


def encoder() -> dict[str, Any]:
    """A subgraph ``encode`` with a text that can be set outside."""
    canvas = inside(TEXT_INS)
    clip: dict[str, Given | str | None] = {"clip": (SUBGRAPH_INPUTS, 0)}
    text = canvas.add("CLIPTextEncode", ["inner"], ins=clip, fields={"text": (SUBGRAPH_INPUTS, 1)}, outs="CONDITIONING")
    canvas.end((text, 0), 0)
    return canvas.subgraph("encode", TEXT_INS, {"out": "CONDITIONING"})


def used(*hosts: dict[str, Any]) -> tuple[Canvas, list[str]]:
    """A canvas with these uses of ``encode``, each of which feeds a graph node."""
    canvas = Canvas()
    clip = canvas.add("CLIPLoader", ["t5.safetensors", "sd3"], outs="CLIP")
    ids = [canvas.add("encode", **{"ins": {"clip": (clip, 0)}, "outs": "CONDITIONING", **each}) for each in hosts]
    for each in ids:
        canvas.add("ConditioningZeroOut", ins={"conditioning": (each, 0)}, outs="CONDITIONING")
    return canvas, ids


def test_links_go_into_a_subgraph_and_out_of_it() -> None:
    canvas, (host,) = used({})
    found = converted(canvas, encoder())
    assert inputs_of(found, f"{host}:1") == {"clip": ["1", 0], "text": "inner"}
    assert inputs_of(found, "3") == {"conditioning": [f"{host}:1", 0]}
    assert host not in found.graph


@pytest.mark.parametrize(
    "told",
    [
        {"values": ["outer"]},
        {"values": ["outer"], "fields": {"text": "STRING"}},
        {"values": ["outer"], "properties": {"proxyWidgets": [["-1", "text"]]}},
        {"values": [None, "outer"], "properties": {"proxyWidgets": [["1", "nothing"], ["1", "text"]]}},
        {"values": ["outer"], "properties": {"proxyWidgets": '[["-1", "text"]]'}},
        {"values": [], "widgets_values_named": {"text": "outer"}},
    ],
)
def test_a_value_that_is_set_outside_counts(told: dict[str, Any]) -> None:
    canvas, (host, other) = used(told, {})
    found = converted(canvas, encoder())
    assert inputs_of(found, f"{host}:1")["text"] == "outer"
    assert inputs_of(found, f"{other}:1")["text"] == "inner"


def test_a_link_to_a_field_of_a_subgraph_counts_more_than_its_value() -> None:
    canvas = Canvas()
    text = canvas.add("PrimitiveString", ["linked"], outs="STRING")
    host = canvas.add("encode", ["outer"], fields={"text": (text, 0)}, outs="CONDITIONING")
    assert inputs_of(converted(canvas, encoder()), f"{host}:1")["text"] == [text, 0]


def test_fields_shown_from_inside_keep_the_values_that_are_set_outside() -> None:
    canvas = Canvas()
    inner = Canvas()
    inner.add("EmptyLatentImage", [512, 512, 1], outs="LATENT")
    number = inner.add("PrimitiveNode", [3, "fixed"], outs="INT")
    inner.add("EmptyLatentImage", [1, 1, 1], fields={"batch_size": (number, 0)}, outs="LATENT")
    shown = {"proxyWidgets": [["1", "height"], ["2", "value"]]}
    host = canvas.add("sizes", [768, 5], properties=shown)
    found = converted(canvas, inner.subgraph("sizes", {}, {}))
    assert inputs_of(found, f"{host}:1") == {"width": 512, "height": 768, "batch_size": 1}
    assert inputs_of(found, f"{host}:3")["batch_size"] == 5


def test_subgraphs_inside_one_another() -> None:
    outer = inside(TEXT_INS)
    linked: dict[str, Given | str | None] = {"clip": (SUBGRAPH_INPUTS, 0)}
    host = outer.add("encode", ["between"], ins=linked, fields={"text": (SUBGRAPH_INPUTS, 1)}, outs="CONDITIONING")
    outer.end((host, 0), 0)
    canvas = Canvas()
    clip = canvas.add("CLIPLoader", ["t5.safetensors", "sd3"], outs="CLIP")
    one = canvas.add("both", ["outermost"], ins={"clip": (clip, 0)}, outs="CONDITIONING")
    two = canvas.add("both", ins={"clip": (clip, 0)}, outs="CONDITIONING")
    canvas.add("ConditioningZeroOut", ins={"conditioning": (two, 0)}, outs="CONDITIONING")
    found = converted(canvas, encoder(), outer.subgraph("both", TEXT_INS, {"out": "CONDITIONING"}))
    assert inputs_of(found, f"{one}:1:1") == {"clip": [clip, 0], "text": "outermost"}
    assert inputs_of(found, f"{two}:1:1") == {"clip": [clip, 0], "text": "between"}
    assert inputs_of(found, "4") == {"conditioning": [f"{two}:1:1", 0]}


def test_a_bypassed_subgraph_passes_on_and_nothing_of_it_runs() -> None:
    inner = inside({"image": "IMAGE"})
    turned = inner.add("ImageInvert", ins={"image": (SUBGRAPH_INPUTS, 0)}, outs="IMAGE")
    inner.end((turned, 0), 0)
    canvas = Canvas()
    image = canvas.add("LoadImage", ["a.png", "image"], outs="IMAGE MASK")
    host = canvas.add("invert", ins={"image": (image, 0)}, outs="IMAGE", mode=4)
    save = canvas.add("SaveImage", ["x"], ins={"images": (host, 0)})
    found = converted(canvas, inner.subgraph("invert", {"image": "IMAGE"}, {"image": "IMAGE"}))
    assert inputs_of(found, save)["images"] == [image, 0]
    assert set(found.graph) == {image, save}


def test_a_getter_inside_finds_the_setter_around_it() -> None:
    inner = Canvas()
    got = inner.add("GetNode", ["clip"], outs="CLIP")
    inner.add("CLIPTextEncode", ["x"], ins={"clip": (got, 0)}, outs="CONDITIONING")
    canvas = Canvas()
    clip = canvas.add("CLIPLoader", ["t5.safetensors", "sd3"], outs="CLIP")
    canvas.add("SetNode", ["clip"], ins={"CLIP": (clip, 0)}, outs="CLIP")
    host = canvas.add("inner")
    found = converted(canvas, inner.subgraph("inner", {}, {}))
    assert inputs_of(found, f"{host}:2")["clip"] == [clip, 0]


def test_a_subgraph_inside_itself_is_refused() -> None:
    inner = Canvas()
    inner.add("loop")
    canvas = Canvas()
    canvas.add("loop")
    with pytest.raises(InvalidRequest, match="or themselves") as refused:
        converted(canvas, inner.subgraph("loop", {}, {}))
    assert refused.value.code == "graph_too_large"


def group_node() -> dict[str, Any]:
    """``sample`` of an empty picture and a sampler, whose size is fed by a primitive inside."""
    canvas = Canvas()
    size = canvas.add("EmptyLatentImage", [512, 768, 1], id=0, outs="LATENT")
    ins: dict[str, Given | str | None] = {
        "model": "MODEL",
        "positive": "CONDITIONING",
        "negative": "CONDITIONING",
        "latent_image": (size, 0),
    }
    canvas.add("KSampler", [7, "fixed", 20, 8, "euler", "normal", 1], id=1, ins=ins, outs="LATENT")
    canvas.add("VAEDecode", id=2, ins={"samples": ("1", 0), "vae": "VAE"}, outs="IMAGE")
    links = [[0, 0, 1, 3, 90, "LATENT"], [1, 0, 2, 0, 91, "LATENT"], [None, 0, 1, 0, 92, "MODEL"]]
    settings = {"1": {"input": {"model": {"name": "the model"}}}}
    return {"nodes": canvas.nodes, "links": links, "external": [], "config": settings}


@pytest.mark.parametrize("prefix", ["workflow>", "workflow/"])
def test_a_group_node_is_what_is_inside(prefix: str) -> None:
    canvas = Canvas()
    model = canvas.add("UNETLoader", ["flux.safetensors", "default"], outs="MODEL")
    clip = canvas.add("CLIPLoader", ["t5.safetensors", "sd3"], outs="CLIP")
    text = canvas.add("CLIPTextEncode", ["a cat"], ins={"clip": (clip, 0)}, outs="CONDITIONING")
    vae = canvas.add("VAELoader", ["ae.safetensors"], outs="VAE")
    ins = {"the model": (model, 0), "positive": (text, 0), "negative": (text, 0), "vae": (vae, 0)}
    values = [640, 480, 2, 11, "randomize", 30, 5.5, "dpmpp_2m", "karras", 0.5]
    host = canvas.add(f"{prefix}sample", values, ins=ins, outs="IMAGE")
    save = canvas.add("SaveImage", ["x"], ins={"images": (host, 0)})
    found = converted(canvas, extra={"groupNodes": {"sample": group_node()}})
    assert inputs_of(found, f"{host}:0") == {"width": 640, "height": 480, "batch_size": 2}
    sampler = inputs_of(found, f"{host}:1")
    assert (sampler["model"], sampler["positive"], sampler["latent_image"]) == ([model, 0], [text, 0], [f"{host}:0", 0])
    assert (sampler["seed"], sampler["steps"], sampler["cfg"], sampler["denoise"]) == (11, 30, 5.5, 0.5)
    assert inputs_of(found, f"{host}:2") == {"samples": [f"{host}:1", 0], "vae": [vae, 0]}
    assert inputs_of(found, save)["images"] == [f"{host}:2", 0]


def test_a_field_that_a_class_got_later_does_not_shift_those_of_a_group_node() -> None:
    inner = Canvas()
    inner.add("CLIPLoader", ["t5.safetensors", "sd3"], id=0, outs="CLIP")
    inner.add("CLIPTextEncode", ["inner"], id=1, ins={"clip": ("0", 0)}, outs="CONDITIONING")
    group = {"nodes": inner.nodes, "links": [[0, 0, 1, 0, 1, "CLIP"]]}
    canvas = Canvas()
    host = canvas.add("workflow>g", ["other.safetensors", "flux", "outer"], outs="CONDITIONING")
    found = converted(canvas, extra={"groupNodes": {"g": group}})
    assert inputs_of(found, f"{host}:0") == {"clip_name": "other.safetensors", "type": "flux", "device": "default"}
    assert inputs_of(found, f"{host}:1") == {"clip": [f"{host}:0", 0], "text": "outer"}


def test_what_app_mode_shows_is_told_where_it_is_in_the_graph() -> None:
    canvas, (host,) = used({"values": ["outer"]})
    size = canvas.add("EmptyLatentImage", [512, 768, 1], outs="LATENT")
    shown = [[host, "text"], [int(size), "width"], [f"root:{size}:batch%5Fsize", "batch_size"], ["1", "gone"], [9, "x"]]
    linear = {"linearData": {"inputs": shown, "outputs": [3, "99"]}, "linearMode": True}
    found = converted(canvas, encoder(), extra={"frontendVersion": "1.58.1", **linear}, id="root")
    assert [(each.graph_node_id, each.input) for each in found.public] == [
        (f"{host}:1", "text"),
        (size, "width"),
        (size, "batch_size"),
    ]
    assert found.outputs == ("3",)


SIZE_INS = {"size": "INT"}


def two_sizes(*order: int) -> dict[str, Any]:
    """A subgraph whose input feeds a width, a height and something without a field; ``order``: of its links."""
    canvas = inside(SIZE_INS)
    canvas.add("EmptyLatentImage", [256, 1, 1], fields={"width": (SUBGRAPH_INPUTS, 0)}, outs="LATENT")
    canvas.add("EmptyLatentImage", [1, 640, 1], fields={"height": (SUBGRAPH_INPUTS, 0)}, outs="LATENT")
    canvas.add("PreviewAny", ins={"source": (SUBGRAPH_INPUTS, 0)})
    canvas.end(("1", 0), 0)
    subgraph = canvas.subgraph("sizes", SIZE_INS, {"latent": "LATENT"})
    return {**subgraph, "inputs": [{"name": "size", "type": "INT", **({"linkIds": list(order)} if order else {})}]}


def sizes_of(found: Converted, host: str) -> tuple[Any, Any, Any]:
    wide, high, shown = (inputs_of(found, f"{host}:{node_id}") for node_id in ("1", "2", "3"))
    return wide["width"], high["height"], shown.get("source")


@pytest.mark.parametrize(
    ("order", "told", "expected"),
    [
        ((), {}, 256),
        ((1, 2, 3), {}, 256),
        ((3, 2, 1), {}, 640),
        ((3, 2, 1), {"values": [None]}, 640),
        ((3, 2, 1), {"values": [96]}, 96),
    ],
)
def test_all_that_one_input_of_a_subgraph_feeds_get_the_value_of_its_first_field(
    order: tuple[int, ...], told: dict[str, Any], expected: int
) -> None:
    canvas = Canvas()
    host = canvas.add("sizes", fields={"size": "INT"}, outs="LATENT", **told)
    found = converted(canvas, two_sizes(*order))
    assert sizes_of(found, host) == (expected, expected, expected)


def test_the_first_field_of_an_input_may_lie_in_a_subgraph_further_inside() -> None:
    middle = inside(SIZE_INS)
    inner = middle.add("sizes", fields={"size": (SUBGRAPH_INPUTS, 0)}, outs="LATENT")
    other = middle.add("EmptyLatentImage", [1, 1, 1], fields={"width": (SUBGRAPH_INPUTS, 0)}, outs="LATENT")
    middle.end((other, 0), 0)
    canvas = Canvas()
    host = canvas.add("middle", fields={"size": "INT"}, outs="LATENT")
    found = converted(canvas, middle.subgraph("middle", SIZE_INS, {"latent": "LATENT"}), two_sizes(3, 2, 1))
    assert sizes_of(found, f"{host}:{inner}") == (640, 640, 640)
    assert inputs_of(found, f"{host}:{other}")["width"] == 640
