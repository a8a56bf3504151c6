"""The JSON Schema of a workflow's parameters: what a form shows and a client checks."""

import json

import pytest

from tests.unit.workflow_sources import library_of, shipped_library
from vibes.domain.pictures.spec import MAX_SEED
from vibes.workflows.tasks.form_hints import title_of
from vibes.workflows.tasks.json_schema import parameters_schema


def test_the_schema_is_an_object_that_takes_exactly_the_parameters() -> None:
    schema = parameters_schema(shipped_library().get("sdxl_txt2img"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["title"], schema["type"], schema["additionalProperties"]) == ("sdxl_txt2img", "object", False)
    assert schema["required"] == ["prompt"]
    assert list(schema["properties"]) == list(shipped_library().get("sdxl_txt2img").parameters)
    assert json.loads(json.dumps(schema)) == schema


def test_bounds_defaults_and_suggestions_are_those_of_the_parameters() -> None:
    properties = parameters_schema(shipped_library().get("sdxl_txt2img"))["properties"]
    assert properties["width"] == {
        "type": "integer",
        "minimum": 64,
        "maximum": 16384,
        "multipleOf": 8,
        "title": "Width",
        "description": "Width in pixels.",
        "default": 1024,
    }
    assert properties["cfg_scale"]["x-step"] == 0.1
    assert "multipleOf" not in properties["cfg_scale"]
    assert "enum" not in properties["sampler"]
    assert properties["scheduler"]["examples"][:2] == ["simple", "sgm_uniform"]


def test_a_default_that_depends_on_the_family_is_told_by_family() -> None:
    checkpoint = parameters_schema(shipped_library().get("sdxl_txt2img"))["properties"]["checkpoint"]
    assert "default" not in checkpoint
    assert checkpoint["x-family-defaults"]["pony"] == "ponyDiffusionV6XL.safetensors"


def test_a_seed_is_a_number_or_random() -> None:
    seed = parameters_schema(shipped_library().get("sd15_txt2img"))["properties"]["seed"]
    assert seed["anyOf"] == [{"type": "integer", "minimum": 0, "maximum": MAX_SEED}, {"const": "random"}]
    assert seed["default"] == "random"


def test_pictures_are_not_among_the_properties_because_they_are_named_elsewhere() -> None:
    schema = parameters_schema(shipped_library().get("upscale_esrgan"))
    assert list(schema["properties"]) == ["upscale_model"]
    assert schema["required"] == []


def test_choices_and_booleans_and_required_seeds_have_their_forms() -> None:
    template = '{"1": {"class_type": "A", "inputs": {"a": "{{mode}}", "b": "{{tiled}}", "c": "{{seed}}"}}}'
    base = """
        mode: {type: choice, choices: [fast, slow], default: fast}
        tiled: {type: boolean}
        seed: {type: seed, random: false}
    """
    workflow = library_of("small: {}", base, small=template).get("small")
    schema = parameters_schema(workflow)
    assert schema["properties"] == {
        "mode": {"title": "Mode", "enum": ["fast", "slow"], "default": "fast"},
        "tiled": {"title": "Tiled", "type": "boolean"},
        "seed": {"title": "Seed", "type": "integer", "minimum": 0, "maximum": MAX_SEED},
    }
    assert schema["required"] == ["tiled", "seed"]


def test_names_say_where_the_fleet_lists_them_and_prompts_that_they_are_long() -> None:
    properties = parameters_schema(shipped_library().get("flux_txt2img_split"))["properties"]
    catalogs = {name: each["x-catalog"] for name, each in properties.items() if "x-catalog" in each}
    assert catalogs == {
        "diffusion_model": "diffusion_models",
        "text_encoder": "text_encoders",
        "second_text_encoder": "text_encoders",
        "vae": "vae",
        "sampler": "samplers",
        "scheduler": "schedulers",
    }
    assert [name for name, each in properties.items() if each.get("x-multiline")] == ["prompt", "negative_prompt"]


def test_hints_follow_a_value_that_is_bound_by_its_place_in_an_untouched_export() -> None:
    export = """{"4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a"}},
                 "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "b", "clip": ["4", 1]}},
                 "7": {"class_type": "Custom", "inputs": {"word": "c", "text": "d"}}}"""
    base = """
        weights: {type: string, default: a, bind: 4.inputs.ckpt_name}
        idea: {type: string, default: b, bind: 6.inputs.text}
        word: {type: string, default: c, bind: 7.inputs.word, advanced: true}
    """
    properties = parameters_schema(
        library_of("mine: {parameters: [weights, idea, word]}", base, mine=export).get("mine")
    )["properties"]
    assert properties["weights"]["x-catalog"] == "checkpoints"
    assert properties["idea"]["x-multiline"] is True
    assert properties["word"] == {"title": "Word", "type": "string", "default": "c", "x-advanced": True}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("cfg_scale", "CFG scale"),
        ("second_text_encoder", "Second text encoder"),
        ("vae", "VAE"),
        ("loras", "LoRAs"),
        ("lora_strength", "LoRA strength"),
        ("FBC_optimize", "FBC optimize"),
        ("_x_", "X"),
    ],
)
def test_a_name_is_written_as_a_person_reads_it(name: str, title: str) -> None:
    assert title_of(name) == title
