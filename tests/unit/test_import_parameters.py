"""Names, defaults and places of an import's parameters where a graph has more than the usual."""

from typing import Any

import pytest

from tests.unit.import_exports import base, binds, defaults, drafted, graph_node, sampled, with_inputs
from vibes.workflows.importing.drawing import COLUMN, ROW, draw
from vibes.workflows.importing.marked_inputs import marked_inputs
from vibes.workflows.importing.public import with_public
from vibes.workflows.meaning.pictures import guess_operation
from vibes.workflows.meaning.schema import read_schema
from vibes.workflows.meaning.wiring import Wiring


def second_pass(**changed: Any) -> dict[str, Any]:
    grown = graph_node("LatentUpscaleBy", samples=["3", 0], upscale_method="nearest-exact", scale_by=1.5)
    return sampled(
        n10=grown,
        n11={
            "class_type": "KSampler",
            "inputs": {**sampled()["3"]["inputs"], "latent_image": ["10", 0], "steps": 9, "denoise": 0.5},
        },
        n8=graph_node("VAEDecode", samples=["11", 0], vae=["4", 2]),
        **changed,
    )


def test_a_second_pass_has_names_of_its_own_also_beside_a_detailer() -> None:
    assert binds(second_pass())["hires_steps"] == "11.inputs.steps"
    detailer = graph_node(
        "FaceDetailer", image=["8", 0], model=["4", 0], positive=["6", 0], negative=["7", 0], seed=2, steps=7, cfg=3
    )
    found = binds(second_pass(n12=detailer, n9=graph_node("SaveImage", images=["12", 0], filename_prefix="x")))
    assert (found["steps"], found["hires_steps"]) == ("3.inputs.steps", "11.inputs.steps")
    assert found["detailer_steps"] == "12.inputs.steps"
    assert "steps_2" not in found


def test_a_text_that_is_joined_for_one_sampler_and_alone_for_the_next_is_one_parameter() -> None:
    graph = second_pass(
        n30=graph_node("PrimitiveStringMultiline", "Subject", value="a cat on a wall"),
        n31=graph_node("PrimitiveStringMultiline", "Style", value="oil painting"),
        n32=graph_node("StringConcatenate", string_a=["30", 0], string_b=["31", 0], delimiter=", "),
        n6=graph_node("CLIPTextEncode", text=["32", 0], clip=["4", 1]),
        n33=graph_node("CLIPTextEncode", text=["31", 0], clip=["4", 1]),
    )
    found = binds(with_inputs(graph, "11", positive=["33", 0]))
    assert (found["prompt"], found["style"]) == ("30.inputs.value", "31.inputs.value")
    assert [*found.values()].count("31.inputs.value") == 1


@pytest.mark.parametrize(("is_on", "loras"), [(True, 1), (False, 0)])
def test_a_stack_that_is_switched_off_as_a_whole_applies_no_lora(is_on: bool, loras: int) -> None:
    stack = graph_node("easy loraStack", toggle=is_on, num_loras=1, lora_1_name="ink.safetensors", lora_1_strength=0.5)
    applied = graph_node("ApplyStack", model=["4", 0], lora_stack=["30", 0])
    graph = with_inputs(sampled(n30=stack, n31=applied), "3", model=["31", 0])
    assert [*binds(graph).values()].count("30.inputs.lora_1_name") == loras


def test_what_is_said_to_a_language_model_is_not_the_prompt_beside_what_a_person_describes() -> None:
    order = "You are an artist. Respond with one sentence about the scene that follows, in warm and friendly words."
    graph = sampled(
        n30=graph_node("PrimitiveStringMultiline", value=order),
        n31=graph_node("PrimitiveStringMultiline", value="a cat"),
        n32=graph_node("StringConcatenate", string_a=["30", 0], string_b=["31", 0], delimiter=" "),
        n6=graph_node("CLIPTextEncode", text=["32", 0], clip=["4", 1]),
    )
    assert binds(graph)["prompt"] == "31.inputs.value"


@pytest.mark.parametrize(("linked", "operation"), [("pixels", "inpaint"), ("start", "img2img")])
def test_a_mask_beside_pixels_of_a_conditioning_is_painted_and_one_alone_is_a_region(
    linked: str, operation: str
) -> None:
    schema = read_schema({"Masked": {"input": {}, "output": ["CONDITIONING"]}})
    graph = sampled(
        n20=graph_node("LoadImage", image="cat.png"),
        n21=graph_node("Masked", None, conditioning=["6", 0], mask=["20", 1], **{linked: ["20", 0]}),
    )
    assert guess_operation(with_inputs(graph, "3", positive=["21", 0]), schema) == operation


def test_where_another_tool_puts_its_words_a_negative_prompt_is_empty_and_a_prompt_is_asked_for() -> None:
    graph = with_inputs(with_inputs(sampled(), "6", text="__PROMPT__"), "7", text="%negative%")
    found = defaults(graph)
    assert found["negative_prompt"] == ""
    assert found["prompt"] is None


def test_a_strength_that_differs_for_the_text_encoder_stays_as_it_is() -> None:
    def with_lora(clip: float) -> dict[str, Any]:
        lora = graph_node(
            "LoraLoader", model=["4", 0], clip=["4", 1], lora_name="ink.pt", strength_model=0.8, strength_clip=clip
        )
        return sampled(n20=lora, n3={**sampled()["3"], "inputs": {**sampled()["3"]["inputs"], "model": ["20", 0]}})

    alike, different = binds(with_lora(0.8)), binds(with_lora(0.2))
    assert alike["built_in_lora_strength"] == "20.inputs.strength_model, 20.inputs.strength_clip"
    assert different["built_in_lora_strength"] == "20.inputs.strength_model"


@pytest.mark.parametrize(
    ("part", "family"),
    [({}, "flux"), ({"n5": graph_node("EmptyFlux2LatentImage", width=512, height=768, batch_size=1)}, "any")],
)
def test_flux_2_is_not_taken_for_its_forerunner_by_a_folder(part: dict[str, Any], family: str) -> None:
    graph = with_inputs(sampled(**part), "4", ckpt_name="flux/someones_dev.safetensors")
    assert drafted(graph).entry["families"] == [family]


def test_an_input_that_is_marked_for_people_is_called_as_they_see_it() -> None:
    marked = graph_node("ComfyUIDeployExternalText", default_value="x", input_id="input_text", display_name="Its mood")
    [found] = marked_inputs(sampled(n30=marked))
    assert found == ("30", "default_value", "Its mood")


def test_of_the_savers_the_authors_choice_counts_and_what_saves_nothing_is_no_choice() -> None:
    graph = sampled(n19=graph_node("SaveImage", images=["8", 0], filename_prefix="y"))
    draft = drafted(graph)
    assert draft.entry["outputs"] == ["9", "19"]
    assert with_public(draft, [], ["19"], graph, base()).entry["outputs"] == ["19"]
    assert with_public(draft, [], ["8"], graph, base()).entry["outputs"] == ["9", "19"]


def test_a_drawing_puts_each_graph_node_to_the_right_of_all_that_feed_it() -> None:
    drawing = draw(Wiring.of(sampled()))
    at = {each.id: (each.x // COLUMN, each.y // ROW) for each in drawing.nodes}
    assert {each: column for each, (column, _) in at.items()} == {
        "4": 0,
        "5": 0,
        "6": 1,
        "7": 1,
        "3": 2,
        "8": 3,
        "9": 4,
    }
    assert len(set(at.values())) == len(at), "none lies upon another"
    long = draw(Wiring.of(with_inputs(sampled(), "6", text="x" * 900)))
    [text] = [each.inputs["text"] for each in long.nodes if each.id == "6"]
    assert text == "x" * 199 + "…"
