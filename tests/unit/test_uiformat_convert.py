"""A workflow as ComfyUI's editor saves it becomes the graph that the editor would send."""

import math
from typing import Any

import pytest

from tests.unit.ui_canvas import Canvas, Given, painted
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.schema import Schema, read_schema
from vibes.workflows.uiformat.convert import Converted, to_api

GROWING = read_schema(
    {
        "Resize": {
            "input": {
                "required": {
                    "input": ["IMAGE", {}],
                    "how": [
                        "COMFY_DYNAMICCOMBO_V3",
                        {
                            "options": [
                                {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT", {"default": 2.0}]}}},
                                {
                                    "key": "to size",
                                    "inputs": {
                                        "required": {
                                            "width": ["INT", {"default": 64}],
                                            "height": ["INT", {"default": 64}],
                                        }
                                    },
                                },
                            ]
                        },
                    ],
                    "method": [["area", "lanczos"], {}],
                }
            },
            "output": ["IMAGE"],
        },
        "Batch": {
            "input": {"required": {"images": ["COMFY_AUTOGROW_V3", {"template": {"prefix": "image", "min": 2}}]}},
            "output": ["IMAGE"],
        },
    }
)


def converted(canvas: Canvas, *subgraphs: dict[str, Any], schema: Schema | None = None, **more: Any) -> Converted:
    return to_api(canvas.document(*subgraphs, **more), schema or core_schema())


def inputs_of(found: Converted, node_id: str) -> dict[str, Any]:
    inputs: dict[str, Any] = found.graph[node_id]["inputs"]
    return inputs


def loaded(canvas: Canvas) -> str:
    return canvas.add("UNETLoader", ["flux.safetensors", "default"], outs="MODEL")


def test_values_get_the_names_of_their_fields_and_links_the_graph_nodes() -> None:
    canvas = Canvas()
    sampler = painted(canvas, (loaded(canvas), 0))
    found = converted(canvas)
    assert inputs_of(found, sampler) == {
        "model": ["1", 0],
        "seed": 7,
        "steps": 20,
        "cfg": 8,
        "sampler_name": "euler",
        "scheduler": "normal",
        "positive": ["3", 0],
        "negative": ["4", 0],
        "latent_image": ["5", 0],
        "denoise": 1,
    }
    assert found.graph["3"] == {
        "inputs": {"text": "a cat", "clip": ["2", 0]},
        "class_type": "CLIPTextEncode",
        "_meta": {"title": "CLIP Text Encode (Prompt)"},
    }
    assert (found.notes, found.missing) == ((), ())


@pytest.mark.parametrize("control", [["fixed"], [True], [False], [None], []])
def test_what_happens_to_a_seed_after_a_run_is_no_value_of_the_graph(control: list[object]) -> None:
    canvas = Canvas()
    sampler = painted(canvas, (loaded(canvas), 0), values=[7, *control, 20, 8, "euler", "normal", 1])
    found = inputs_of(converted(canvas), sampler)
    assert (found["seed"], found["steps"], found["denoise"]) == (7, 20, 1)


def test_a_field_that_a_class_got_later_has_its_default() -> None:
    canvas = Canvas()
    loader = canvas.add("CLIPLoader", ["t5.safetensors", "sd3"], outs="CLIP")
    assert inputs_of(converted(canvas), loader)["device"] == "default"


def test_values_may_be_told_by_name() -> None:
    canvas = Canvas()
    by_name = canvas.add("EmptyLatentImage", {"width": 640, "height": 480, "batch_size": 2, "videopreview": {}})
    both = canvas.add(
        "EmptyLatentImage", [1, 1, 1], widgets_values_named={"width": 320, "height": 240, "batch_size": 1}
    )
    found = converted(canvas)
    assert inputs_of(found, by_name) == {"width": 640, "height": 480, "batch_size": 2}
    assert inputs_of(found, both)["width"] == 320


def test_a_field_that_was_made_an_input_takes_what_is_linked_and_keeps_its_value_without() -> None:
    canvas = Canvas()
    number = canvas.add("PrimitiveNode", [42, "fixed"], outs="INT")
    linked = canvas.add("EmptyLatentImage", [512, 768, 1], fields={"width": (number, 0), "height": "INT"})
    whole = canvas.add("PrimitiveInt", [99, "fixed"], outs="INT")
    other = canvas.add("EmptyLatentImage", [512, 768, 1], fields={"batch_size": (whole, 0)})
    found = converted(canvas)
    assert inputs_of(found, linked) == {"width": 42, "height": 768, "batch_size": 1}
    assert inputs_of(found, other)["batch_size"] == [whole, 0]
    assert number not in found.graph


def test_reroutes_and_notes_are_only_in_the_editor() -> None:
    canvas = Canvas()
    first = canvas.add("Reroute", ins={"": (loaded(canvas), 0)}, outs="MODEL")
    second = canvas.add("Reroute", ins={"": (first, 0)}, outs="MODEL")
    canvas.add("MarkdownNote", ["# how to"])
    canvas.add("Label (rgthree)")
    sampler = painted(canvas, (second, 0))
    found = converted(canvas)
    assert inputs_of(found, sampler)["model"] == ["1", 0]
    assert {each["class_type"] for each in found.graph.values()}.isdisjoint(
        {"Reroute", "MarkdownNote", "Label (rgthree)"}
    )


@pytest.mark.parametrize("mode", [2, 4])
def test_a_reroute_passes_on_also_where_it_is_muted_or_bypassed(mode: int) -> None:
    canvas = Canvas()
    passed = canvas.add("Reroute", ins={"": (loaded(canvas), 0)}, outs="MODEL", mode=mode)
    sampler = painted(canvas, (passed, 0))
    assert inputs_of(converted(canvas), sampler)["model"] == ["1", 0]


def test_reroutes_in_a_circle_bring_nothing() -> None:
    canvas = Canvas()
    canvas.kinds["2", 0] = "MODEL"
    one = canvas.add("Reroute", ins={"": ("2", 0)}, outs="MODEL")
    canvas.add("Reroute", ins={"": (one, 0)}, outs="MODEL")
    sampler = painted(canvas, (one, 0))
    assert "model" not in inputs_of(converted(canvas), sampler)


def test_a_bypassed_graph_node_passes_on_what_fits_and_a_muted_one_nothing() -> None:
    canvas = Canvas()
    model = loaded(canvas)
    clip = canvas.add("CLIPLoader", ["t5.safetensors", "sd3", "default"], outs="CLIP")
    lora = canvas.add(
        "LoraLoader", ["x.safetensors", 1, 1], ins={"model": (model, 0), "clip": (clip, 0)}, outs="MODEL CLIP", mode=4
    )
    text = canvas.add("CLIPTextEncode", ["a dog"], ins={"clip": (lora, 1)}, outs="CONDITIONING")
    image = canvas.add("LoadImage", ["a.png", "image"], outs="IMAGE MASK", mode=2)
    size = canvas.add("GetImageSize", ins={"image": (image, 0)}, outs="INT INT")
    sampler = painted(canvas, (lora, 0))
    found = converted(canvas)
    assert inputs_of(found, sampler)["model"] == [model, 0]
    assert inputs_of(found, text)["clip"] == [clip, 0]
    assert inputs_of(found, size) == {}
    assert lora not in found.graph


def test_a_bypassed_switch_passes_on_what_is_linked_to_it() -> None:
    canvas = Canvas()
    model = loaded(canvas)
    ins: dict[str, Given | str | None] = {"on_false": (model, 0), "on_true": (model, 0)}
    switch = canvas.add("ComfySwitchNode", [True], ins=ins, outs="COMFY_MATCHTYPE_V3", mode=4)
    sampler = painted(canvas, (switch, 0))
    canvas.nodes[-1]["inputs"][0]["type"] = "MODEL"
    assert inputs_of(converted(canvas), sampler)["model"] == [model, 0]


def test_a_field_whose_giver_is_muted_keeps_its_value_where_the_class_needs_one() -> None:
    canvas = Canvas()
    number = canvas.add("PrimitiveInt", [99, "fixed"], outs="INT", mode=2)
    size = canvas.add("EmptyLatentImage", [512, 768, 1], fields={"width": (number, 0)})
    assert inputs_of(converted(canvas), size)["width"] == 512


@pytest.mark.parametrize(("setter", "getter"), [("SetNode", "GetNode"), ("easy setNode", "easy getNode")])
def test_what_is_set_under_a_name_is_got_by_that_name(setter: str, getter: str) -> None:
    canvas = Canvas()
    canvas.add(setter, ["the model"], ins={"MODEL": (loaded(canvas), 0)}, outs="MODEL")
    canvas.add(setter, ["other"], ins={"MODEL": "MODEL"}, outs="MODEL")
    got = canvas.add(getter, ["the model"], outs="MODEL")
    sampler = painted(canvas, (got, 0))
    found = converted(canvas)
    assert inputs_of(found, sampler)["model"] == ["1", 0]
    assert {setter, getter}.isdisjoint(each["class_type"] for each in found.graph.values())


def test_a_choice_brings_its_own_fields_and_growing_inputs_keep_their_names() -> None:
    canvas = Canvas()
    image = canvas.add("LoadImage", ["a.png", "image"], outs="IMAGE MASK")
    by_factor = canvas.add("Resize", ["by factor", 1.5, "lanczos"], ins={"input": (image, 0)}, outs="IMAGE")
    to_size = canvas.add("Resize", ["to size", 32, 48, "area"], ins={"input": (image, 0)}, outs="IMAGE")
    grown: dict[str, Given | str | None] = {
        "images.image0": (by_factor, 0),
        "images.image1": (to_size, 0),
        "images.image2": "IMAGE",
    }
    batch = canvas.add("Batch", ins=grown, outs="IMAGE")
    found = converted(canvas, schema=GROWING.over(core_schema()))
    assert inputs_of(found, by_factor) == {
        "input": [image, 0],
        "how": "by factor",
        "how.factor": 1.5,
        "method": "lanczos",
    }
    sized = inputs_of(found, to_size)
    assert (sized["how.width"], sized["how.height"], sized["method"]) == (32, 48, "area")
    assert inputs_of(found, batch) == {"images.image0": [by_factor, 0], "images.image1": [to_size, 0]}


def test_newer_classes_of_comfyui_need_no_machine() -> None:
    canvas = Canvas()
    image = canvas.add("LoadImage", ["a.png", "image"], outs="IMAGE MASK")
    canvas.add("ResizeImageMaskNode", ["scale total pixels", 1, "lanczos"], ins={"input": (image, 0)}, outs="IMAGE")
    canvas.add("ResizeImageMaskNode", ["scale dimensions", 1024, 768, "center", "area"], ins={"input": (image, 0)})
    canvas.add("CustomCombo", ["Music", 0, "Music", "Speech", ""], outs="STRING INT")
    canvas.add("LoadAudio", ["a.mp3", None, ""], outs="AUDIO")
    found = converted(canvas)
    assert inputs_of(found, "2") == {
        "input": [image, 0],
        "resize_type": "scale total pixels",
        "resize_type.megapixels": 1,
        "resize_type.multiple": 1,
        "scale_method": "lanczos",
    }
    assert inputs_of(found, "3")["resize_type.crop"] == "center"
    assert inputs_of(found, "4") == {"choice": "Music", "index": 0}
    assert inputs_of(found, "5") == {"audio": "a.mp3"}
    assert (found.missing, found.notes) == ((), ())


def test_a_list_is_wrapped_lest_it_is_a_link() -> None:
    canvas = Canvas()
    canvas.add("Choose", {"names": ["a", "b"]}, ins={"image": "IMAGE"}, outs="IMAGE")
    schema = read_schema({"Choose": {"input": {"required": {"names": ["COMBO", {"multiselect": True}]}}}})
    assert inputs_of(converted(canvas, schema=schema), "1")["names"] == {"__value__": ["a", "b"]}


def test_of_alternatives_the_first_is_taken_and_told() -> None:
    canvas = Canvas()
    text = canvas.add("CLIPTextEncode", ["a {red|{dark|light} green} apple /* not blue */, \\{really\\}, {{style}}"])
    found = converted(canvas)
    assert inputs_of(found, text)["text"] == "a red apple , {really}, {{style}}"
    assert found.notes == ("of alternatives in braces (CLIPTextEncode) the first was taken",)


def test_json_as_a_prompt_keeps_its_braces() -> None:
    canvas = Canvas()
    text = canvas.add("CLIPTextEncode", ['{"subject": "a cat", "camera": {"angle": "low"}'])
    assert inputs_of(converted(canvas), text)["text"] == '{"subject": "a cat", "camera": {"angle": "low"}'


def test_a_value_of_another_type_is_told_and_gets_the_default() -> None:
    canvas = Canvas()
    size = canvas.add("EmptyLatentImage", ["wide", 768, 1])
    found = converted(canvas)
    assert inputs_of(found, size) == {"width": 512, "height": 768, "batch_size": 1}
    assert found.notes == (
        "EmptyLatentImage of the file is of another version: look at width, which got the usual value",
    )


def test_a_field_that_a_class_got_in_the_middle_does_not_shift_those_behind_it() -> None:
    canvas = Canvas()
    declared = {
        "scale": ["FLOAT", {}],
        "multiple": ["INT", {"default": 8}],
        "method": ["STRING", {}],
        "on": ["BOOLEAN", {}],
    }
    canvas.add("Crop", [0.5, "area", True])
    found = converted(canvas, schema=read_schema({"Crop": {"input": {"required": declared}}}))
    assert inputs_of(found, "1") == {"scale": 0.5, "multiple": 8, "method": "area", "on": True}
    assert found.notes == ()


def test_where_the_order_changed_the_names_in_the_file_tell_the_fields() -> None:
    canvas = Canvas()
    schema = read_schema(
        {"Save": {"input": {"required": {"quality": ["INT", {}], "prefix": ["STRING", {}]}}, "output_node": True}}
    )
    canvas.add("Save", ["mine", 90], fields={"prefix": "STRING", "quality": "INT"})
    assert inputs_of(converted(canvas, schema=schema), "1") == {"prefix": "mine", "quality": 90}


def test_an_input_that_took_values_once_does_not_shift_those_behind_it() -> None:
    canvas = Canvas()
    declared = {"width": ["INT", {}], "mask": ["INT", {"forceInput": True}], "name": ["STRING", {}]}
    schema = read_schema({"Crop": {"input": {"required": declared}}})
    canvas.add("Crop", [64, 3, "left"])
    canvas.add("Crop", [64, "left"])
    found = converted(canvas, schema=schema)
    assert inputs_of(found, "1") == inputs_of(found, "2") == {"width": 64, "name": "left"}


def test_a_class_that_nobody_knows_is_named_with_its_pack_and_its_values_are_not_guessed() -> None:
    canvas = Canvas()
    model = loaded(canvas)
    magic = {"cnr_id": "comfyui-magic"}
    canvas.add("MagicModel", [1, "x"], ins={"model": (model, 0)}, outs="MODEL", properties=magic)
    sampler = painted(canvas, ("2", 0))
    found = converted(canvas)
    assert inputs_of(found, sampler)["model"] == ["2", 0]
    (missing,) = found.missing
    assert (missing.class_type, missing.graph_node_ids, missing.pack, missing.nameless) == (
        *("MagicModel", ("2",), "comfyui-magic"),
        True,
    )
    assert found.notes == (
        "no machine that was asked has the graph-node class MagicModel of the pack comfyui-magic, so that the names of "
        "its settings are not known",
    )


def test_what_the_file_names_itself_needs_no_class() -> None:
    canvas = Canvas()
    fields = {"seed": "INT", "strength": "FLOAT"}
    canvas.add("MagicModel", [5, "randomize", 0.5], ins={"model": (loaded(canvas), 0)}, fields=fields, outs="MODEL")
    canvas.add("VHS_Save", {"frame_rate": 8, "videopreview": {"a": 1}}, ins={"images": ("1", 0)})
    found = converted(canvas)
    assert inputs_of(found, "1") == {"unet_name": "flux.safetensors", "weight_dtype": "default"}
    assert inputs_of(found, "2") == {"seed": 5, "strength": 0.5, "model": ["1", 0]}
    assert inputs_of(found, "3") == {"frame_rate": 8, "images": ["1", 0]}
    assert [each.nameless for each in found.missing] == [False, False]


def test_rows_of_a_lora_loader_have_the_names_that_its_pack_gives_them() -> None:
    canvas = Canvas()
    rows = [
        {"on": True, "lora": "a.safetensors", "strength": 1},
        {"on": False, "lora": "b.safetensors", "strength": 0.5},
    ]
    values = [{}, {"type": "PowerLoraLoaderHeaderWidget"}, *rows, {}, ""]
    loader = canvas.add("Power Lora Loader (rgthree)", values, ins={"model": (loaded(canvas), 0)}, outs="MODEL")
    assert inputs_of(converted(canvas), "1" if loader == "1" else loader)["lora_2"] == rows[1]


@pytest.mark.parametrize("default", [math.inf, -math.inf, math.nan])
def test_a_default_that_is_no_number_of_json_is_none(default: float) -> None:
    told = {
        "input": {"required": {"amount": ["FLOAT", {"default": default}]}},
        "output": ["IMAGE"],
        "output_node": True,
    }
    canvas = Canvas()
    node = canvas.add("Amount")
    assert to_api(canvas.document(), read_schema({"Amount": told})).graph[node]["inputs"] == {"amount": 0.0}
