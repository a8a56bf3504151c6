"""A text in the lowest bits of the alpha, column by column, as NovelAI hides it; damaged ones and others are none."""

import gzip
import json

import pytest
from PIL import Image

from tests.pictures import ramp, saved
from vibes.recipes.reading import recipe_of_hidden
from vibes.services.media.hidden_texts import hidden_text, may_hide_text

NOVEL = {
    "Software": "NovelAI",
    "Description": "a fox",
    "Comment": json.dumps({"prompt": "a fox", "uc": "x", "seed": 8}),
}


def hiding(content: bytes, *, packed: bool = True, bits: int | None = None) -> bytes:
    body = gzip.compress(content) if packed else content
    head = b"stealth_pngcomp" if packed else b"stealth_pnginfo"
    length = len(body) * 8 if bits is None else bits
    digits = "".join(f"{byte:08b}" for byte in head + length.to_bytes(4, "big") + body)
    picture = Image.new("RGBA", (40, 64), (9, 9, 9, 255))
    for place, digit in enumerate(digits):
        picture.putpixel((place // 64, place % 64), (9, 9, 9, 254 + int(digit)))
    return saved(picture)


@pytest.mark.parametrize("packed", [True, False])
def test_a_hidden_text_is_found(packed: bool) -> None:
    picture = hiding(json.dumps(NOVEL).encode(), packed=packed)
    assert may_hide_text(picture)
    recipe = recipe_of_hidden(hidden_text(picture) or "")
    assert recipe is not None
    assert (recipe.made_with, recipe.settings.prompt, recipe.settings.seed) == ("NovelAI", "a fox", 8)


@pytest.mark.parametrize("bits", [0, 7, 2**32 - 1, 8 * 2**20])
def test_a_wrong_length_is_no_text(bits: int) -> None:
    assert hidden_text(hiding(b"a fox", bits=bits)) is None


def test_others_hide_none() -> None:
    assert not may_hide_text(saved(ramp("RGB")))
    assert hidden_text(saved(ramp("RGBA"))) is None
    assert hidden_text(hiding(b"a fox")[:-60]) is None
