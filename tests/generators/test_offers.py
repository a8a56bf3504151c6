"""What is offered decides what is refused, each reason in words that end a sentence."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.generators.pens import Pen, PenConfig
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.errors import RateLimited, Unavailable
from vibes.generators.offers import (
    Asked,
    GeneratorOperation,
    ModelOffer,
    Offers,
    SizeRule,
    operations_of,
    reasons_against,
)
from vibes.generators.retries import Retries, with_retries


@pytest.mark.parametrize(
    ("rule", "size", "reason"),
    [
        (SizeRule(), (1, 9999), None),
        (SizeRule(only=((1024, 1024), (1536, 1024))), (1536, 1024), None),
        (SizeRule(only=((1024, 1024), (1536, 1024))), (512, 512), "draws no 512×512, only 1024×1024, 1536×1024"),
        (SizeRule(multiple_of=16), (512, 500), "draws no 512×500: both sides must be multiples of 16"),
        (SizeRule(least_side=256), (512, 128), "draws no 512×128: a side must be at least 256"),
        (SizeRule(most_side=2048), (4096, 512), "draws no 4096×512: a side can be at most 2048"),
        (SizeRule(least_pixels=655360), (512, 512), "draws no 512×512: a picture must have at least 655360 pixels"),
        (SizeRule(most_pixels=100), (11, 10), "draws no 11×10: a picture can have at most 100 pixels"),
        (SizeRule(most_ratio=3), (400, 100), "draws no 400×100: a side can be at most 3 times the other"),
        (SizeRule(most_ratio=3), (100, 300), None),
    ],
)
def test_a_size_is_refused_by_the_rule_that_it_breaks(
    rule: SizeRule, size: tuple[int, int], reason: str | None
) -> None:
    assert rule.refuses(*size) == reason


FULL = ModelOffer(
    name="full",
    operations=frozenset(GeneratorOperation),
    capabilities=frozenset(GeneratorCapabilities),
    samplers=("euler", "ddim"),
    schedulers=("karras",),
)
BARE = ModelOffer(name="bare", needs_image=True)


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        (Asked(image=True), ("starts from no picture",)),
        (Asked(), ("draws only from a picture to start from",)),
        (Asked(operation=GeneratorOperation.INPAINT, image=True), ("does no inpaint", "starts from no picture")),
        (Asked(image=True, control=True), ("starts from no picture", "takes no ControlNet")),
        (Asked(image=True, seed=True), ("starts from no picture", "cannot draw the same picture again from its seed")),
        (Asked(image=True, sampler="euler"), ("starts from no picture", "lets nobody choose a sampler")),
    ],
)
def test_a_bare_generator_says_all_that_it_cannot(asked: Asked, reasons: tuple[str, ...]) -> None:
    assert reasons_against(asked, Offers(models=(BARE,))) == reasons


@given(
    st.builds(
        Asked,
        operation=st.sampled_from(GeneratorOperation),
        width=st.none() | st.integers(1, 9999),
        height=st.none() | st.integers(1, 9999),
        steps=st.none() | st.integers(1, 100),
        sampler=st.sampled_from([None, "euler", "ddim"]),
        scheduler=st.sampled_from([None, "karras"]),
        negative_prompt=st.booleans(),
        seed=st.booleans(),
        loras=st.integers(0, 3),
        image=st.booleans(),
        mask=st.booleans(),
        control=st.booleans(),
    )
)
def test_who_can_do_everything_refuses_nothing(asked: Asked) -> None:
    assert reasons_against(asked, Offers(models=(FULL,))) == ()


def test_names_that_are_not_there_are_told() -> None:
    offers = Offers(models=(FULL,))
    assert reasons_against(Asked(sampler="heun", scheduler="beta"), offers) == (
        "has no sampler 'heun'",
        "has no scheduler 'beta'",
    )
    assert reasons_against(Asked(model="other"), offers) == ("has no model 'other', only full",)
    assert reasons_against(Asked(), Offers(models=())) == ("has no model at all",)


def test_a_class_that_says_no_more_offers_what_it_declares() -> None:
    offers = Pen(PenConfig()).offers()
    [model] = offers.models
    assert (model.name, model.family, model.price_usd) == ("pen", None, 0.0)
    assert model.capabilities == {GeneratorCapabilities.IMAGE_TO_IMAGE, GeneratorCapabilities.SEEDS}
    assert model.operations == {GeneratorOperation.TXT2IMG, GeneratorOperation.IMG2IMG}
    assert operations_of([GeneratorCapabilities.CONTROLNET]) == {
        GeneratorOperation.TXT2IMG,
        GeneratorOperation.CONTROLNET,
    }


@given(st.integers(1, 12), st.floats(0, 60), st.integers(0, 10))
def test_pauses_double_up_to_the_longest_one_and_end(number: int, first: float, more: int) -> None:
    retries = Retries(more=more, first_pause=first, longest_pause=30)
    pause = retries.pause(number, Unavailable("away"))
    if number > more:
        assert pause is None
    else:
        assert pause == min(first * 2 ** (number - 1), 30)
    told = retries.pause(1, RateLimited("busy", 12.5))
    assert told == (12.5 if more else None)
    assert retries.pause(1, RateLimited("busy", 31)) is None


async def test_whoever_asks_again_waits_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    errors = [RateLimited("busy", 7), Unavailable("away"), RateLimited("busy")]

    async def ask() -> str:
        if errors:
            raise errors.pop(0)
        return "drawn"

    assert await with_retries(ask, Retries(more=3, first_pause=1), "a generator") == "drawn"
    assert waited == [7, 2, 4]
