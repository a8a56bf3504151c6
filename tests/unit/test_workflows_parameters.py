"""What a person asked for: checked without conversion, completed by defaults, all problems at once."""

from typing import Any

import pytest

from tests.unit.workflow_sources import shipped_library
from vibes.domain.errors import InvalidRequest
from vibes.domain.pictures.spec import MAX_SEED
from vibes.workflows.definition.manifest import Parameter, ParameterKind
from vibes.workflows.filling.parameters import MAX_TEXT_BYTES, resolve, value_problem


def problems_of(workflow: str, family: str, **given: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        resolve(shipped_library().get(workflow), family, given)
    assert caught.value.code == "invalid_parameters"
    return {problem.field: problem.message for problem in caught.value.problems}


def test_what_is_given_wins_over_the_familys_default_which_wins_over_the_workflows() -> None:
    workflow = shipped_library().get("sdxl_txt2img")
    values = resolve(workflow, "pony", {"prompt": "calm", "steps": 30, "width": None})
    assert values == {
        "prompt": "calm",
        "negative_prompt": "",
        "checkpoint": "ponyDiffusionV6XL.safetensors",
        "width": 1024,
        "height": 1024,
        "steps": 30,
        "cfg_scale": 7.0,
        "sampler": "euler_ancestral",
        "scheduler": "normal",
        "denoise_strength": 1.0,
    }
    assert resolve(workflow, "pony", {"prompt": "calm", "checkpoint": "mine"})["checkpoint"] == "mine"


def test_every_problem_is_told_at_once_and_each_says_what_would_do() -> None:
    assert problems_of("sd15_txt2img", "sd15", width=7, steps=0, cfg_scale="7", step=3) == {
        "step": "unknown parameter 'step'; did you mean steps or seed?",
        "prompt": "prompt is required",
        "width": "width must be between 64 and 16384 and a multiple of 8, not 7",
        "steps": "steps must be between 1 and 150, not 0",
        "cfg_scale": "cfg_scale must be a number between 0 and 100, not '7'",
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"width": 100}, "width must be between 64 and 16384 and a multiple of 8, not 100"),
        ({"width": "512"}, "width must be a whole number between 64 and 16384 and a multiple of 8, not '512'"),
        ({"steps": 20.0}, "steps must be a whole number between 1 and 150, not 20.0"),
        ({"steps": True}, "steps must be a whole number between 1 and 150, not True"),
        ({"steps": 10**5000}, "steps must be between 1 and 150, not a far larger number"),
        ({"cfg_scale": float("nan")}, "cfg_scale must be a finite number, not nan"),
        ({"cfg_scale": float("inf")}, "cfg_scale must be a finite number, not inf"),
        ({"cfg_scale": False}, "cfg_scale must be a number between 0 and 100, not False"),
        ({"denoise_strength": 1.01}, "denoise_strength must be between 0 and 1, not 1.01"),
        ({"seed": -1}, f"seed must be between 0 and {MAX_SEED}, not -1"),
        ({"seed": MAX_SEED + 1}, f"seed must be between 0 and {MAX_SEED}, not {MAX_SEED + 1}"),
        ({"prompt": 5}, "prompt must be text, not 5"),
        ({"prompt": ["calm"]}, "prompt must be text, not ['calm']"),
        ({"prompt": "\ud800"}, "prompt contains half of a surrogate pair, which is not a character"),
        (
            {"sampler": "Euler a"},
            "sampler must be a name in ComfyUI's spelling, without spaces, not 'Euler a'"
            "; did you mean euler or euler_ancestral or euler_cfg_pp?",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_would(given: dict[str, Any], message: str) -> None:
    assert problems_of("sd15_txt2img", "sd15", **{"prompt": "calm", **given}) == {next(iter(given)): message}


@pytest.mark.parametrize(
    "given",
    [
        {"cfg_scale": 7},
        {"seed": MAX_SEED},
        {"seed": 0},
        {"width": 64, "height": 16384},
        {"sampler": "res_2s"},
        {"sampler": "Euler"},
        {"sampler": "exponential/res_2s"},
        {"scheduler": "beta57"},
        {"prompt": ""},
        {"prompt": "NUL \x00 and {{seed}} and \u202e"},
        {"prompt": "ü" * 50_000},
        {"prompt": "x" * MAX_TEXT_BYTES},
    ],
)
def test_what_fits_comes_back_as_it_was_given(given: dict[str, Any]) -> None:
    values = resolve(shipped_library().get("sd15_txt2img"), "sd15", {"prompt": "calm", **given})
    assert {name: values[name] for name in given} == given


def test_a_text_beyond_the_limit_is_refused_by_its_bytes_and_not_repeated_in_the_answer() -> None:
    problems = problems_of("sd15_txt2img", "sd15", prompt="ü" * MAX_TEXT_BYTES)
    assert problems == {"prompt": "prompt must be at most 131072 bytes of UTF-8, not 262144"}


def test_a_family_the_workflow_is_not_for_is_a_problem() -> None:
    assert problems_of("sdxl_txt2img", "sd15", prompt="calm") == {
        "model_family": "model_family must be one of illustrious, pony, sdxl, not 'sd15'"
    }


def test_a_picture_cannot_be_given_as_the_name_of_a_file_on_the_node() -> None:
    assert problems_of("upscale_esrgan", "any", image="../someone_elses.png") == {
        "image": "image is a picture: name the generation or upload to start from, not a file"
    }


def test_a_picture_and_a_seed_that_are_not_given_stay_out_for_others_to_fill() -> None:
    assert "image" not in resolve(shipped_library().get("upscale_esrgan"), "sdxl", {})
    assert "seed" not in resolve(shipped_library().get("sd15_txt2img"), "sd15", {"prompt": "calm"})


def test_a_flood_of_unknown_names_is_answered_with_the_first_few() -> None:
    flood = {f"unknown_{index}": 1 for index in range(50_000)}
    assert len(problems_of("sd15_txt2img", "sd15", prompt="calm", **flood)) == 20


def test_a_choice_is_one_of_its_choices_and_of_the_same_type() -> None:
    mode = Parameter(name="mode", kind=ParameterKind.CHOICE, choices=("fast", 1))
    assert value_problem(mode, "fast") is None
    assert value_problem(mode, 1) is None
    assert value_problem(mode, True) == "mode must be one of fast, 1, not True"
    assert value_problem(mode, "slow") == "mode must be one of fast, 1, not 'slow'"


def test_a_boolean_is_no_number() -> None:
    tiled = Parameter(name="tiled", kind=ParameterKind.BOOLEAN)
    assert value_problem(tiled, False) is None
    assert value_problem(tiled, 0) == "tiled must be true or false, not 0"


def test_bounds_may_be_open_on_either_side() -> None:
    low = Parameter(name="low", kind=ParameterKind.INTEGER, minimum=1)
    high = Parameter(name="high", kind=ParameterKind.NUMBER, maximum=0.5, step=0.2)
    assert value_problem(low, 0) == "low must be at least 1, not 0"
    assert value_problem(high, 1) == "high must be at most 0.5, not 1"
    assert value_problem(high, 0.3) is None
    assert value_problem(Parameter(name="free", kind=ParameterKind.INTEGER), -5) is None
