"""A JPEG or WebP is told what it was made with, in the place where A1111 and sites look, and no pixel changes."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.pictures import ramp, saved
from vibes.documents.exif_texts import USER_COMMENT, exif_texts
from vibes.documents.exif_writing import with_user_comment
from vibes.documents.without_metadata import without_metadata
from vibes.recipes.reading import read_recipe
from vibes.services.media.examination import examine

TEXT = "灯台 & a fox\nNegative prompt: people\nSteps: 20, Seed: 7, Sampler: Euler"
FILES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": ("JPEG", "RGB", {}),
    "grey JPEG": ("JPEG", "L", {}),
    "progressive JPEG": ("JPEG", "RGB", {"progressive": True, "icc_profile": b"x" * 200}),
    "WebP": ("WEBP", "RGB", {}),
    "WebP with alpha": ("WEBP", "RGBA", {}),
    "lossless WebP": ("WEBP", "RGB", {"lossless": True}),
    "lossless WebP with alpha": ("WEBP", "RGBA", {"lossless": True}),
    "WebP with a profile": ("WEBP", "RGB", {"icc_profile": b"x" * 201}),
}


def file_of(kind: str) -> bytes:
    encoding, mode, options = FILES[kind]
    return saved(ramp(mode), encoding, **options)


def pixels(content: bytes) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.mode, picture.tobytes()


@pytest.mark.parametrize("kind", FILES)
def test_the_text_is_read_again_and_everything_else_stays(kind: str) -> None:
    before = file_of(kind)
    after = with_user_comment(before, TEXT)
    assert [text for tag, text in exif_texts(after) if tag == USER_COMMENT] == [TEXT]
    recipe = read_recipe(after)
    assert recipe is not None
    assert (recipe.settings.prompt, recipe.settings.seed) == ("灯台 & a fox", 7)
    assert pixels(after) == pixels(before)
    assert examine(after).content == after, "nothing is taken for a tail"
    with Image.open(io.BytesIO(after)) as picture, Image.open(io.BytesIO(before)) as first:
        assert (picture.size, picture.info.get("icc_profile")) == (first.size, first.info.get("icc_profile"))
    bare = without_metadata(after)
    assert not [*exif_texts(bare)]
    assert "灯台".encode("utf-16-be") not in bare
    assert pixels(bare) == pixels(before)


@pytest.mark.parametrize("encoding", ["JPEG", "WEBP"])
def test_what_a_picture_tells_itself_stays_as_it_is(encoding: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "mine"
    told = saved(ramp("RGB"), encoding, exif=exif.tobytes())
    assert with_user_comment(told, TEXT) == told


def test_a_text_that_is_too_long_for_exif_is_left_out_and_other_types_stay() -> None:
    jpeg = file_of("JPEG")
    assert with_user_comment(jpeg, "x" * 32_700) != jpeg
    assert with_user_comment(jpeg, "x" * 33_000) == jpeg
    for other in (saved(ramp("RGB")), saved(ramp("RGB"), "GIF"), b"", b"RIFF\0\0\0\0WEBP", b"\xff\xd8"):
        assert isinstance(with_user_comment(other, TEXT), bytes)
    assert with_user_comment(saved(ramp("RGB"), "GIF"), TEXT) == saved(ramp("RGB"), "GIF")


def test_a_prompt_that_begins_as_comfyuis_graphs_do_is_none() -> None:
    recipe = read_recipe(with_user_comment(file_of("JPEG"), "prompt: a fox\nSteps: 20, Seed: 7"))
    assert recipe is not None
    assert recipe.settings.prompt == "prompt: a fox"


def test_half_an_emoji_is_written_as_something_that_can_be_read() -> None:
    assert [text for _, text in exif_texts(with_user_comment(file_of("WebP"), "a \ud83d fox"))] == ["a ? fox"]
