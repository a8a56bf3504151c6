"""Requests that differ as told, and grids of them that are drawn from the centre outwards."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.errors import InvalidRequest
from vibes.domain.exploration.grid import Cell, GridAxis, axis_name, cells_from_centre, grid, range_values
from vibes.domain.exploration.variations import exchanged, varied_request
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import MAX_SEED, LoraSpec, ParameterValue

INK, GRAIN = LoraSpec("ink.safetensors", 0.8, 0.6), LoraSpec("grain.safetensors", 0.5, 0.5)
BASE = GenerationRequest(
    session_id=None,
    model_family="sd15",
    count=4,
    values={"prompt": "A cat and a category of cats, Cat!", "steps": 20},
    seed=7,
    loras=(INK, GRAIN),
)


def test_a_variation_is_the_request_with_its_difference_and_remembers_it() -> None:
    made = varied_request(BASE, {"steps": 30, "seed": str(MAX_SEED), "sampler": "dpmpp_2m"})
    assert made.values == {**BASE.values, "steps": 30, "sampler": "dpmpp_2m"}
    assert (made.seed, made.count, made.loras) == (MAX_SEED, 1, BASE.loras)
    assert made.varied == {"steps": 30, "seed": MAX_SEED, "sampler": "dpmpp_2m"}
    assert BASE.values["steps"] == 20


def test_wording_is_exchanged_as_whole_words_wherever_it_stands() -> None:
    made = varied_request(BASE, {"wording:cat": "dog"})
    assert made.values["prompt"] == "A dog and a category of cats, dog!"
    assert made.varied == {"wording:cat": "dog"}


def test_wording_is_exchanged_in_the_prompt_of_the_variation() -> None:
    made = varied_request(BASE, {"wording:boat": "ship", "prompt": "a boat"})
    assert made.values["prompt"] == "a ship"


def test_wordings_are_exchanged_at_once_and_none_in_what_stands_for_another() -> None:
    swapped = varied_request(named("a cat on a roof"), {"wording:cat": "roof", "wording:roof": "cat"})
    assert swapped.values["prompt"] == "a roof on a cat"
    added = varied_request(
        named("a big cat"), {"wording": "big eyes", "wording:cat": "big dog", "wording:big": "small"}
    )
    assert added.values["prompt"] == "a small big dog, big eyes"
    longer = varied_request(
        named("a cat beside a cat on a roof"), {"wording:cat": "dog", "wording:cat on a roof": "owl"}
    )
    assert longer.values["prompt"] == "a dog beside a owl"
    with pytest.raises(InvalidRequest, match="does not contain 'cat'"):
        varied_request(named("a cat on a roof"), {"wording:cat": "dog", "wording:cat on a roof": "owl"})


def named(prompt: str) -> GenerationRequest:
    return replace(BASE, values={**BASE.values, "prompt": prompt})


def test_wording_that_the_prompt_lacks_is_exchanged_in_the_negative_prompt() -> None:
    denied = replace(BASE, values={**BASE.values, "negative_prompt": "([keep out]:1.2), a cat"})
    made = varied_request(denied, {"wording:[keep out]": "people", "wording:cat": "dog"})
    assert made.values["prompt"] == "A dog and a category of cats, dog!"
    assert made.values["negative_prompt"] == "(people:1.2), a cat"


def test_an_axis_has_a_name_for_people() -> None:
    names = {"steps": "steps", "wording": "with", "wording:cat": "instead of 'cat'", "wording:[lighting]": "lighting"}
    assert {parameter: axis_name(parameter) for parameter in names} == names


@pytest.mark.parametrize(
    ("text", "find", "by", "expected"),
    [
        ("a (cat:1.2), grey", "(cat:1.2)", "dog", "a dog, grey"),
        ("ein Kätzchen", "kätzchen", "Hündchen", "ein Hündchen"),
        ("50% grey", "50%", r"\1 \g<0>", r"\1 \g<0> grey"),
        ("a boat", "oat", "x", None),
        ("a boat", "", "x", None),
    ],
)
def test_any_text_can_be_exchanged_by_any(text: str, find: str, by: str, expected: str | None) -> None:
    assert exchanged(text, find, by) == expected


def test_the_weight_of_a_lora_is_changed_at_its_place_and_without_any_it_is_left_out() -> None:
    assert varied_request(BASE, {"lora:ink.safetensors": 0.3}).loras == (LoraSpec("ink.safetensors", 0.3, 0.3), GRAIN)
    assert varied_request(BASE, {"lora:ink.safetensors": 0}).loras == (GRAIN,)
    assert varied_request(BASE, {"lora:new": -1.5}).loras == (INK, GRAIN, LoraSpec("new", -1.5, -1.5))
    assert varied_request(BASE, {"lora:new": 0}).loras == (INK, GRAIN)
    listed = varied_request(BASE, {"loras": [GRAIN], "lora:grain.safetensors": 1})
    assert listed.loras == (LoraSpec("grain.safetensors", 1, 1),)
    assert listed.varied == {"loras": "grain.safetensors 0.5", "lora:grain.safetensors": 1}
    assert varied_request(BASE, {"loras": []}).varied == {"loras": "none"}


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("seed", -1, "seed must be a whole number from 0 to"),
        ("seed", 2**64, "seed must be a whole number from 0 to"),
        ("seed", True, "seed must be a whole number from 0 to"),
        ("seed", "many", "seed must be a whole number from 0 to"),
        ("wording:dog", "cat", "the prompt does not contain 'dog'"),
        ("wording:cat", 3, "what stands for 'cat' must be text, not 3"),
        ("lora:ink.safetensors", "much", "the weight of a LoRA must be a number, not much"),
        ("lora: ", 1, "the weight of a LoRA must be a number"),
        ("loras", "ink", "loras must be a list of LoRAs"),
        ("steps", [INK], "steps must be text, a number, true or false"),
    ],
)
def test_what_cannot_be_varied_so_is_refused_by_the_parameter(
    parameter: str, value: ParameterValue, message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message) as refused:
        varied_request(BASE, {parameter: value})
    assert [problem.field for problem in refused.value.problems] == [parameter]


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_grid_has_each_cell_once_and_grows_from_its_centre(columns: int, rows: int) -> None:
    cells = cells_from_centre(columns, rows)
    assert sorted((cell.row, cell.column) for cell in cells) == [(y, x) for y in range(rows) for x in range(columns)]
    distances = [(2 * cell.column - columns + 1) ** 2 + (2 * cell.row - rows + 1) ** 2 for cell in cells]
    assert all(before <= after for before, after in pairwise(distances))


def test_a_grid_combines_the_values_of_its_axes() -> None:
    made = grid([GridAxis("steps", (10, 20, 30)), GridAxis("cfg_scale", (5.0, 7.0, 9.0))])
    assert made[0] == (Cell(1, 1), {"steps": 20, "cfg_scale": 7.0})
    assert len(made) == 9
    assert grid([GridAxis("seed", (1, 2))]) == [(Cell(0, 0), {"seed": 1}), (Cell(1, 0), {"seed": 2})]


def test_a_grid_of_one_parameter_twice_or_of_too_many_pictures_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="steps goes across already"):
        grid([GridAxis("steps", (1,)), GridAxis("steps", (2,))])
    with pytest.raises(InvalidRequest, match="501 pictures are more than the 500"):
        grid([GridAxis("seed", tuple(range(501)))])
    assert len(grid([GridAxis("seed", tuple(range(25))), GridAxis("steps", tuple(range(1, 21)))])) == 500


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        (("steps", 10, 30, 10, None), (10, 20, 30)),
        (("steps", 30, 10, 10, None), (30, 20, 10)),
        (("steps", 10, 35, 10, None), (10, 20, 30)),
        (("seed", 5, 8, None, None), (5, 6, 7, 8)),
        (("steps", 10, 20, None, 4), (10, 13, 17, 20)),
        (("steps", 1, 2, None, 5), (1, 2)),
        (("seed", 0, MAX_SEED, None, 3), (0, 2**63, MAX_SEED)),
        (("denoise_strength", 0.1, 0.5, 0.1, None), (0.1, 0.2, 0.3, 0.4, 0.5)),
        (("cfg_scale", 7, 8, None, 3), (7.0, 7.5, 8.0)),
        (("cfg_scale", 7, 8, 0.5, None), (7.0, 7.5, 8.0)),
        (("cfg_scale", 7.0, 7.0, None, 1), (7.0,)),
    ],
)
def test_a_range_has_the_values_that_people_expect(
    asked: tuple[str, int | float, int | float, int | float | None, int | None], values: tuple[ParameterValue, ...]
) -> None:
    parameter, begin, end, step, count = asked
    made = range_values(parameter, begin, end, step=step, count=count)
    assert made == values
    assert [type(each) for each in made] == [type(each) for each in values]


@pytest.mark.parametrize(
    ("begin", "end", "step", "count"),
    [
        (0, 501, 1, None),
        (0, 1, 0, None),
        (0, 1, float("nan"), None),
        (0, 1, float("inf"), None),
        (float("nan"), 1, 1, None),
        (0, float("inf"), 1, None),
        (0, 1, 1e-300, None),
        (0, 1, None, 501),
        (0, 1, None, 0),
        (-(10**400), 1, 1, None),
    ],
)
def test_a_range_without_an_end_or_of_too_many_is_refused(
    begin: float, end: float, step: float | None, count: int | None
) -> None:
    with pytest.raises(ValueError, match=r"must|would have more"):
        range_values("cfg_scale", begin, end, step=step, count=count)
