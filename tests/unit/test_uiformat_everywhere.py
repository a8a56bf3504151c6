"""Anything Everywhere: inputs without a link get what is broadcast."""

from typing import Any

import pytest

from tests.unit.ui_canvas import SUBGRAPH_INPUTS, Canvas, inside
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.uiformat.convert import to_api

NEW = {"version": "7.5", "widget_ue_connectable": {}}


def graph(canvas: Canvas, *subgraphs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return to_api(canvas.document(*subgraphs, **more), core_schema()).graph


def loaders(canvas: Canvas) -> tuple[str, str]:
    return tuple(canvas.add("VAELoader", [f"{name}.safetensors"], outs="VAE") for name in ("one", "two"))  # type: ignore[return-value]


def everywhere(canvas: Canvas, given: tuple[str, int], **settings: Any) -> str:
    told = {"ue_properties": {**NEW, **settings}}
    return canvas.add("Anything Everywhere", ins={"anything": given}, properties=told)


def decoder(canvas: Canvas, title: str = "", **more: Any) -> str:
    return canvas.add("VAEDecode", ins={"samples": "LATENT", "vae": "VAE"}, outs="IMAGE", title=title, **more)


def vae_of(found: dict[str, Any], node_id: str) -> object:
    return found[node_id]["inputs"].get("vae")


def test_an_input_of_its_type_gets_it_and_a_linked_one_keeps_its_own() -> None:
    canvas = Canvas()
    one, two = loaders(canvas)
    sender = everywhere(canvas, (one, 0))
    free = decoder(canvas)
    linked = canvas.add("VAEDecode", ins={"samples": "LATENT", "vae": (two, 0)}, outs="IMAGE")
    found = graph(canvas)
    assert vae_of(found, free) == [one, 0]
    assert vae_of(found, linked) == [two, 0]
    assert "samples" not in found[free]["inputs"]
    assert sender not in found


def test_a_regular_expression_narrows_it_to_titles_and_inputs() -> None:
    canvas = Canvas()
    one, two = loaders(canvas)
    everywhere(canvas, (one, 0))
    everywhere(canvas, (two, 0), title_regex="^final")
    everywhere(canvas, (two, 0), input_regex="^samples$")
    plain, final = decoder(canvas, "first"), decoder(canvas, "final picture")
    found = graph(canvas)
    assert (vae_of(found, plain), vae_of(found, final)) == ([one, 0], [two, 0])


def test_an_expression_can_be_turned_round() -> None:
    canvas = Canvas()
    one, _ = loaders(canvas)
    everywhere(canvas, (one, 0), title_regex="final", title_regex_invert=True)
    plain, final = decoder(canvas, "first"), decoder(canvas, "final")
    found = graph(canvas)
    assert (vae_of(found, plain), vae_of(found, final)) == ([one, 0], None)


def test_two_that_count_alike_are_none() -> None:
    canvas = Canvas()
    one, two = loaders(canvas)
    everywhere(canvas, (one, 0))
    everywhere(canvas, (two, 0))
    free = decoder(canvas)
    assert vae_of(graph(canvas), free) is None


def test_priority_decides() -> None:
    canvas = Canvas()
    one, two = loaders(canvas)
    everywhere(canvas, (one, 0), priority=7)
    everywhere(canvas, (two, 0), priority=5)
    free = decoder(canvas)
    assert vae_of(graph(canvas), free) == [one, 0]


def test_an_old_one_has_its_expressions_in_its_fields() -> None:
    canvas = Canvas()
    one, _ = loaders(canvas)
    canvas.add("Anything Everywhere?", ["final", ".*", ".*"], ins={"anything": (one, 0)})
    plain, final = decoder(canvas, "first"), decoder(canvas, "final")
    found = graph(canvas)
    assert (vae_of(found, plain), vae_of(found, final)) == (None, [one, 0])


def test_prompts_go_to_the_inputs_of_their_name() -> None:
    canvas = Canvas()
    texts = [canvas.add("CLIPTextEncode", [each], ins={"clip": "CLIP"}, outs="CONDITIONING") for each in ("cat", "bad")]
    canvas.add("Prompts Everywhere", ins={"pos": (texts[0], 0), "neg": (texts[1], 0)})
    ins = dict.fromkeys(("positive", "negative"), "CONDITIONING")
    sampler = canvas.add("KSampler", [7, "fixed", 20, 8, "euler", "normal", 1], ins=ins, outs="LATENT")
    found = graph(canvas)[sampler]["inputs"]
    assert (found["positive"], found["negative"]) == ([texts[0], 0], [texts[1], 0])


def test_a_seed_goes_to_seeds_that_were_made_inputs() -> None:
    canvas = Canvas()
    canvas.add("Seed Everywhere", [99, "randomize"], outs="INT")
    values = [7, "fixed", 20, 8, "euler", "normal", 1]
    sampler = canvas.add("KSampler", values, fields={"seed": "INT", "steps": "INT"}, outs="LATENT")
    found = graph(canvas, extra={})[sampler]["inputs"]
    assert (found["seed"], found["steps"]) == (99, 20)


def test_a_field_of_a_new_editor_is_open_only_where_it_was_made_so() -> None:
    canvas = Canvas()
    number = canvas.add("PrimitiveInt", [30, "fixed"], outs="INT")
    everywhere(canvas, (number, 0))
    values = [7, "fixed", 20, 8, "euler", "normal", 1]
    opened = {"ue_properties": {**NEW, "widget_ue_connectable": {"steps": True}}}
    sampler = canvas.add("KSampler", values, fields={"seed": "INT", "steps": "INT"}, outs="LATENT", properties=opened)
    found = graph(canvas)[sampler]["inputs"]
    assert (found["seed"], found["steps"]) == (7, [number, 0])


def test_only_within_the_group_of_the_sender() -> None:
    canvas = Canvas()
    one, _ = loaders(canvas)
    told = {"ue_properties": {**NEW, "group_restricted": 1}}
    canvas.add("Anything Everywhere", ins={"anything": (one, 0)}, properties=told, pos=[10, 10], size=[20, 20])
    near, far = decoder(canvas, pos=[50, 50], size=[20, 20]), decoder(canvas, pos=[500, 50], size=[20, 20])
    found = graph(canvas, groups=[{"title": "left", "bounding": [0, 0, 200, 200]}])
    assert (vae_of(found, near), vae_of(found, far)) == ([one, 0], None)


def test_a_broadcast_inside_a_subgraph_may_come_from_outside() -> None:
    inner = inside({"vae": "VAE"})
    inner.add("Anything Everywhere", ins={"anything": (SUBGRAPH_INPUTS, 0)}, properties={"ue_properties": NEW})
    decoder(inner)
    canvas = Canvas()
    one, _ = loaders(canvas)
    host = canvas.add("inner", ins={"vae": (one, 0)})
    outside = decoder(canvas)
    found = graph(canvas, inner.subgraph("inner", {"vae": "VAE"}, {}))
    assert (vae_of(found, f"{host}:2"), vae_of(found, outside)) == ([one, 0], None)


@pytest.mark.parametrize(
    "pattern", ["(a|a)*$", "a*a*a*a*b", "[", "(?P<x>a)(?P=x)", "x" * 201, "(a|a)" * 30 + "b", "a?" * 60 + "b"]
)
def test_an_expression_that_cannot_be_used_matches_nothing(pattern: str) -> None:
    canvas = Canvas()
    one, _ = loaders(canvas)
    everywhere(canvas, (one, 0), title_regex=pattern)
    free = decoder(canvas, "a" * 5_000)
    assert vae_of(graph(canvas), free) is None
