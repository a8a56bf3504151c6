"""What lies beside a picture and between two: pure, the same every time, each with its difference in words and data."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_batch, make_generation, make_image, make_lora, make_spec
from vibes.domain.errors import InvalidRequest
from vibes.domain.exploration.again import request_again
from vibes.domain.exploration.between import Seeds, between
from vibes.domain.exploration.drawn_again import drawn_again
from vibes.domain.exploration.neighbours import MOST, Direction, Neighbourhood, Surroundings, neighbours
from vibes.domain.exploration.variations import exchanged, varied_of, varied_request
from vibes.domain.exploration.wording import other_wordings
from vibes.domain.exploration.words import ADDED, INSTEAD
from vibes.domain.generation import Generation
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.pictures.spec import MAX_SEED, Operation
from vibes.domain.pictures.variation import Axis

HAS = Surroundings(
    models=tuple(f"models/xl-{each}.safetensors" for each in range(12)), loras=("ink.safetensors", "grain.safetensors")
)


def picture(**spec: Any) -> Generation:
    return make_generation(spec=make_spec(**spec), images=(make_image(),))


def words(found: Neighbourhood) -> list[str]:
    return [each.words for each in found.neighbours]


@given(
    st.sampled_from(Direction),
    st.text(max_size=60),
    st.integers(0, MAX_SEED),
    st.floats(0, 30) | st.none(),
    st.lists(st.floats(-2, 2), max_size=3),
)
def test_neighbours_are_always_the_same_and_differ_from_the_picture_and_from_one_another(
    direction: Direction, prompt: str, seed: int, cfg: float | None, weights: list[float]
) -> None:
    loras = tuple(make_lora(f"{index}.safetensors", strength_model=each) for index, each in enumerate(weights))
    centre = picture(prompt=prompt, seed=seed, cfg_scale=cfg, loras=loras)
    found = neighbours(centre, direction, HAS)
    assert found == neighbours(centre, direction, HAS)
    assert len(found.neighbours) <= MOST
    assert bool(found.neighbours) != bool(found.none_because)
    told = [repr(varied_of(each.variation)) for each in found.neighbours]
    assert len(set(told)) == len(told)
    assert all(each.words for each in found.neighbours)
    requests = [replace(varied_request(found.base, each.variation), varied={}) for each in found.neighbours]
    assert all(each != request_again(centre) for each in requests)
    assert all(each.explored_from == centre.id for each in requests)


def test_strength_starts_from_the_picture_itself() -> None:
    centre = picture(seed=3)
    found = neighbours(centre, Direction.STRENGTH, HAS)
    assert words(found)[0] == "strength 0.2"
    assert len(found.neighbours) == 8
    assert found.base.parents == (centre.id,)
    assert found.base.workflow is None
    assert found.base.seed == 3
    unfinished = replace(centre, images=())
    assert neighbours(unfinished, Direction.STRENGTH, HAS).none_because == "there is no picture yet to start from"
    film = replace(centre, images=(make_image(media_type=MediaType.MP4),))
    assert neighbours(film, Direction.STRENGTH, HAS).none_because == "nothing starts from a video"


def test_seeds_count_on_and_wrap_after_the_largest() -> None:
    found = neighbours(picture(seed=MAX_SEED - 1), Direction.SEED, HAS)
    assert [each.variation["seed"] for each in found.neighbours] == [MAX_SEED, 0, 1, 2, 3, 4, 5, 6]


def test_guidance_lies_around_the_pictures_own_and_never_below_one() -> None:
    assert words(neighbours(picture(cfg_scale=7.0), Direction.GUIDANCE, HAS)) == [
        f"guidance {each}" for each in ("4", "5", "6", "6.5", "7.5", "8", "9", "10")
    ]
    assert words(neighbours(picture(cfg_scale=1.0), Direction.GUIDANCE, HAS))[0] == "guidance 1.5"
    flux = picture(model_family="flux", cfg_scale=1.0, parameters={"guidance": 3.5})
    assert all("guidance" in each.variation for each in neighbours(flux, Direction.GUIDANCE, HAS).neighbours)
    assert neighbours(picture(cfg_scale=None), Direction.GUIDANCE, HAS).none_because


def test_models_are_others_of_the_family_and_loras_the_nearest_weights() -> None:
    found = neighbours(picture(checkpoint=HAS.models[0]), Direction.MODEL, HAS)
    assert words(found)[0] == "drawn with xl-1"
    assert len(found.neighbours) == MOST
    assert found.base.workflow is None
    assert neighbours(picture(), Direction.MODEL, Surroundings()).none_because == "no node has another model of sdxl"

    two = picture(loras=(make_lora("ink.safetensors"), make_lora("x/grain.safetensors", strength_model=0.4)))
    assert words(neighbours(two, Direction.LORA_WEIGHT, HAS))[:4] == [
        "ink at 0.6",
        "grain at 0.2",
        "ink at 1",
        "grain at 0.6",
    ]
    bare = neighbours(picture(), Direction.LORA_WEIGHT, HAS)
    assert words(bare) == ["with ink at 0.7", "with grain at 0.7"]
    assert neighbours(picture(), Direction.LORA_WEIGHT, Surroundings()).none_because


def test_wording_exchanges_words_that_it_knows_and_adds_others() -> None:
    found = neighbours(picture(prompt="a foggy forest, oil painting", seed=0), Direction.WORDING, HAS)
    told = words(found)
    assert "misty instead of foggy" in told
    assert any(each.endswith("instead of oil painting") for each in told)
    assert any(re.fullmatch("“.+” added", each) for each in told)
    assert len(told) == MOST
    drawn = [varied_request(found.base, each.variation).values["prompt"] for each in found.neighbours]
    assert "a misty forest, oil painting" in drawn
    assert neighbours(picture(prompt=" "), Direction.WORDING, HAS).none_because == "it has no prompt"


ALL = 1_000
"""More than there are."""
SHIPPED = sorted({*chain.from_iterable(INSTEAD), *chain.from_iterable(each.phrases for each in ADDED)})


@pytest.mark.parametrize(
    "written",
    [str, str.upper, lambda words: f"1girl, {words.replace(' ', '_')}, solo", lambda words: f"a cat, ({words}:1.2)"],
    ids=["plain", "upper case", "tags", "weighted"],
)
def test_no_wording_repeats_what_the_prompt_says_and_each_is_told_in_english(written: Callable[[str], str]) -> None:
    for words_said in SHIPPED:
        prompt = written(words_said)
        for each in other_wordings(prompt, 0, ALL):
            if each.parameter == "wording":
                assert each.words == f"“{each.text}” added"
                assert not says(prompt, each.text), f"{each.words} to {prompt}"
                continue
            before = each.parameter.removeprefix("wording:")
            assert each.words == f"{each.text} instead of {before}"
            assert any({before, each.text} <= set(group) for group in INSTEAD), each.words
            rest = exchanged(prompt, before, "")
            assert rest is not None
            assert not says(rest, each.text), f"{each.words} in {prompt}"


def says(prompt: str, phrase: str) -> bool:
    """Whether all that a phrase says stands in the prompt, tags with blanks."""
    there = set(re.findall("[a-z]+", prompt.lower()))
    return set(re.findall("[a-z]+", phrase)) - {"a", "the", "in", "under", "through", "and", "from", "of"} <= there


@pytest.mark.parametrize(
    ("prompt", "never"),
    [
        ("a misty harbour", "fog"),
        ("a harbour, watercolor", "watercolour"),
        ("1boy, oil_painting, rainy_night", "painting"),
        ("1boy, rainy_night", "rain"),
        ("a photo of a dog", "photograph"),
        ("a dog at sunset", "light"),
        ("a gloomy street", "mood"),
        ("a macro of a bee", "close-up"),
        ("monochrome, 1girl", "black and white"),
    ],
)
def test_nothing_is_added_of_a_kind_that_the_prompt_speaks_of(prompt: str, never: str) -> None:
    told = [each.text for each in other_wordings(prompt, 0, ALL) if each.parameter == "wording"]
    assert told
    assert not any(never in each for each in told), told


def test_part_of_an_expression_is_not_exchanged_alone() -> None:
    told = [each.words for each in other_wordings("an oil painting in blue hour light", 0, ALL)]
    assert "woodcut instead of oil painting" in told
    assert not any(each.endswith(("instead of painting", "instead of blue")) for each in told)
    alone = [each.words for each in other_wordings("a painting", 0, ALL)]
    assert "drawing instead of painting" in alone


def test_where_nothing_can_be_exchanged_or_added_that_is_said() -> None:
    everything = " ".join(each.said_by[0] for each in ADDED) + ", atmosphere, colour, sketch, weather, lens"
    prompt = re.sub("light|calm|painting|fog|shot", "lit", everything)
    found = neighbours(picture(prompt=prompt), Direction.WORDING, HAS)
    assert found.none_because == "its prompt says something of everything"


def made_between(one: Generation, other: Generation, steps: int = 5, seeds: Seeds = Seeds.KEEP) -> list[dict[str, Any]]:
    _, variations = between(one, other, steps, seeds)
    return [dict(each) for each in variations]


def test_numbers_move_evenly_and_choices_switch_at_the_middle() -> None:
    one = picture(steps=10, cfg_scale=4.0, width=512, parameters={"sampler": "euler", "scheduler": "normal"})
    other = picture(steps=40, cfg_scale=7.0, width=1024, parameters={"sampler": "dpmpp_2m", "scheduler": "normal"})
    made = made_between(one, other)
    assert [each["steps"] for each in made] == [15, 20, 25, 30, 35]
    assert [each["cfg_scale"] for each in made] == [4.5, 5.0, 5.5, 6.0, 6.5]
    assert [each["sampler"] for each in made] == ["euler", "euler", "dpmpp_2m", "dpmpp_2m", "dpmpp_2m"]
    assert all(each["width"] % 8 == 0 for each in made)
    assert all("scheduler" not in each and "prompt" not in each for each in made)


def test_wordings_are_weighed_where_the_family_heeds_weights_and_switch_where_not() -> None:
    one, other = picture(prompt="a cat"), picture(prompt="a (dog:1.2)")
    assert [each["prompt"] for each in made_between(one, other, 3)] == [
        "(a cat:0.75), (a (dog:1.2):0.25)",
        "(a cat:0.50), (a (dog:1.2):0.50)",
        "(a cat:0.25), (a (dog:1.2):0.75)",
    ]
    cat, dog = (picture(prompt=each, model_family="flux") for each in ("a cat", "a dog"))
    assert [each["prompt"] for each in made_between(cat, dog, 4)] == ["a cat", "a cat", "a dog", "a dog"]
    unbalanced = picture(prompt="a dog :)")
    assert [each["prompt"] for each in made_between(one, unbalanced, 2)] == ["a cat", "a dog :)"]


def test_seeds_are_kept_or_switched_and_loras_fade_over() -> None:
    one = picture(seed=1, loras=(make_lora("a", strength_model=0.8, strength_clip=0.8),))
    other = picture(seed=2, loras=(make_lora("b", strength_model=1.0, strength_clip=1.0),))
    made = made_between(one, other, 3, Seeds.SWITCH)
    assert [each["seed"] for each in made] == [1, 2, 2]
    assert [(each["lora:a"], each["lora:b"]) for each in made] == [(0.6, 0.25), (0.4, 0.5), (0.2, 0.75)]
    base, variations = between(one, other, 3)
    assert base.explored_from == one.id
    assert [lora.name for lora in varied_request(base, variations[0]).loras] == ["a", "b"]


def test_a_loras_strength_on_the_text_encoder_moves_by_itself() -> None:
    one = picture(loras=(make_lora("a", strength_model=0.5, strength_clip=0.2), make_lora("c")))
    other = picture(loras=(make_lora("a", strength_model=0.5, strength_clip=1.0), make_lora("c")))
    base, variations = between(one, other, 3)
    drawn = [varied_request(base, each).loras for each in variations]
    assert [(each[0].strength_model, each[0].strength_clip) for each in drawn] == [(0.5, 0.4), (0.5, 0.6), (0.5, 0.8)]
    assert {each[1] for each in drawn} == {make_lora("c")}
    for alone, weights in ((one, [0.15, 0.1, 0.05]), (picture(), [0.05, 0.1, 0.15])):
        there = picture() if alone is one else one
        base, variations = between(alone, there, 3)
        assert [varied_request(base, each).loras[0].strength_clip for each in variations] == weights


def test_between_pictures_of_two_families_or_with_the_same_settings_there_is_nothing() -> None:
    with pytest.raises(InvalidRequest, match="pictures of sdxl and flux"):
        between(picture(), picture(model_family="flux"), 5)
    with pytest.raises(InvalidRequest, match="the same settings but for their seeds"):
        between(picture(seed=1), picture(seed=2), 5)
    with pytest.raises(InvalidRequest, match="steps must be between"):
        between(picture(), picture(steps=9), 0)


def test_start_pictures_are_never_blended() -> None:
    one = picture(operation=Operation.IMG2IMG, parameters={"image": "generation:a"}, denoise_strength=0.2)
    other = picture(operation=Operation.IMG2IMG, parameters={"image": "generation:b"}, denoise_strength=0.8)
    assert [set(each) for each in made_between(one, other, 2)] == [{"denoise_strength"}] * 2


def test_a_grid_is_drawn_again_as_a_grid_where_that_comes_to_the_same_and_else_picture_by_picture() -> None:
    axes = (Axis("wording:cat", ("cat", "dog")), Axis("steps", (10, 20)))
    cells = [
        make_generation(
            spec=make_spec(prompt=f"a {animal} on a roof", steps=steps), varied={"wording:cat": animal, "steps": steps}
        )
        for steps in (20, 10)
        for animal in ("dog", "cat")
    ]
    again = drawn_again(make_batch(axes=axes), cells)
    assert again.axes == axes
    assert again.base.values["prompt"] == "a cat on a roof"

    edited = replace(cells[0].spec, prompt=f"{cells[0].spec.prompt}, edited")
    lost = [replace(cells[0], spec=edited), *cells[1:]]
    again = drawn_again(make_batch(axes=axes), lost)
    assert again.axes == ()
    assert [each["prompt"] for each in again.variations] == [each.spec.prompt for each in lost]
    requests = [varied_request(again.base, each) for each in again.variations]
    assert [each.values["steps"] for each in requests] == [20, 20, 10, 10]


def test_an_ordinary_batch_is_drawn_again_by_its_seeds() -> None:
    plain = [make_generation(spec=make_spec(seed=seed)) for seed in (5, 6)]
    assert drawn_again(make_batch(), plain).variations == ({"seed": 5}, {"seed": 6})
