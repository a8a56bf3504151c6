"""What the stripes promise."""

from pathlib import Path

import pytest

from vibes.generators.errors import InvalidInput, InvalidSettings
from vibes.generators.factory import GENERATORS, create_generator
from vibes.generators.generator import ImageGenerator
from vibes.generators.offers import Asked


async def drawn(generator: ImageGenerator, prompt: str, **options: object) -> bytes:
    await generator.start()
    try:
        return read(await generator.generate_image(prompt, **options))
    finally:
        await generator.stop()


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def test_it_is_found_once_it_is_installed() -> None:
    assert "stripes" in GENERATORS


async def test_the_same_request_is_the_same_picture(tmp_path: Path) -> None:
    stripes = create_generator("stripes", tmp_path)
    first = await drawn(stripes, "a fox", seed=1, width=64, height=16)
    assert first.startswith(b"\x89PNG")
    assert await drawn(stripes, "a fox", seed=1, width=64, height=16) == first
    assert await drawn(stripes, "a fox", seed=2, width=64, height=16) != first


async def test_it_says_what_it_cannot_do(tmp_path: Path) -> None:
    stripes = create_generator("stripes", tmp_path)
    assert stripes.refuses(Asked(width=60, height=60, negative_prompt=True)) == (
        "takes no negative prompt",
        "draws no 60×60: both sides must be multiples of 8",
    )
    with pytest.raises(InvalidInput, match="stripes takes no negative prompt"):
        await drawn(stripes, "a fox", negative_prompt="people")


def test_a_wrong_setting_is_told() -> None:
    with pytest.raises(InvalidSettings, match="did you mean colours"):
        create_generator({"strategy": "stripes", "colors": 3})
