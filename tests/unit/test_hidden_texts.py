"""A text in the lowest bits of the alpha, column by column, as NovelAI hides it, or of the colours, as an extension of
A1111 does; damaged ones and others are none."""

import gzip
import io
import json

import pytest
from PIL import Image

from tests.pictures import ramp, saved
from vibes.recipes.reading import recipe_of, told_hidden
from vibes.services.media.hidden_texts import hidden_text, may_hide_text

NOVEL = {
    "Software": "NovelAI",
    "Description": "a fox",
    "Comment": json.dumps({"prompt": "a fox", "uc": "x", "seed": 8}),
}


def hiding(content: bytes, *, packed: bool = True, bits: int | None = None, mode: str = "RGBA") -> bytes:
    """``mode``: the picture's; one without alpha hides it in its colours, red, green and blue in turn."""
    body = gzip.compress(content) if packed else content
    head = f"stealth_{'png' if mode == 'RGBA' else 'rgb'}{'comp' if packed else 'info'}".encode()
    length = len(body) * 8 if bits is None else bits
    digits = "".join(f"{byte:08b}" for byte in head + length.to_bytes(4, "big") + body)
    picture = Image.new(mode, (40, 64), (9, 9, 9, 255)[: len(mode)])
    step = 1 if mode == "RGBA" else 3
    for place in range(0, len(digits), step):
        hidden = [int(digit) for digit in digits[place : place + step].ljust(step, "0")]
        colour = (9, 9, 9, 254 + hidden[0]) if step == 1 else tuple(8 + each for each in hidden)
        picture.putpixel((place // step // 64, place // step % 64), colour)
    return saved(picture)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("mode", ["RGBA", "RGB"])
def test_a_hidden_text_is_found(packed: bool, mode: str) -> None:
    picture = hiding(json.dumps(NOVEL).encode(), packed=packed, mode=mode)
    assert may_hide_text(picture)
    recipe = recipe_of(told_hidden(hidden_text(picture) or ""))
    assert recipe is not None
    assert (recipe.made_with, recipe.settings.prompt, recipe.settings.seed) == ("NovelAI", "a fox", 8)


def test_colours_that_hide_a_text_are_read_in_a_picture_that_became_transparent() -> None:
    picture = Image.open(io.BytesIO(hiding(b"a fox", mode="RGB"))).convert("RGBA")
    assert hidden_text(saved(picture)) == "a fox"


@pytest.mark.parametrize("size", [(1, 1), (1, 8), (7, 3), (12, 12), (150, 1), (1, 151), (153, 1)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_of_any_size_hides_none(size: tuple[int, int], mode: str) -> None:
    """Also one with fewer pixels than the first word has bits."""
    assert hidden_text(saved(Image.new(mode, size, "white"))) is None


@pytest.mark.parametrize("bits", [0, 7, 2**32 - 1, 8 * 2**20])
def test_a_wrong_length_is_no_text(bits: int) -> None:
    assert hidden_text(hiding(b"a fox", bits=bits)) is None


def test_others_hide_none() -> None:
    assert not may_hide_text(saved(ramp("L")))
    assert hidden_text(saved(ramp("RGB"))) is None
    assert hidden_text(saved(ramp("RGBA"))) is None
    assert hidden_text(hiding(b"a fox")[:-60]) is None
