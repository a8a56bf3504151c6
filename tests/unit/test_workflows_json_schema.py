"""The JSON Schema of a workflow's parameters: what a form shows and a client checks."""

import json

from tests.unit.workflow_sources import library_of, shipped_library
from vibes.domain.spec import MAX_SEED
from vibes.workflows.json_schema import parameters_schema


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
        "mode": {"enum": ["fast", "slow"], "default": "fast"},
        "tiled": {"type": "boolean"},
        "seed": {"type": "integer", "minimum": 0, "maximum": MAX_SEED},
    }
    assert schema["required"] == ["tiled", "seed"]
