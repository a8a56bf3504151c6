"""Sizes out of a shape and a number of pixels: the shape is kept, the pixels suffice, and models like the sides."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.pictures.picture_size import aspect_of, size_of


@pytest.mark.parametrize(
    ("aspect", "side", "least", "size"),
    [
        (1.0, 512, 64, (512, 512)),
        (2 / 3, 512, 512, (512, 768)),
        (512 / 768, 1024, 64, (768, 1152)),
        (768 / 1152, 1280, 64, (1024, 1536)),
        (3 / 2, 1024, 64, (1152, 768)),
        (16 / 9, 1024, 64, (1344, 768)),
        (3 / 4, 1024, 64, (768, 1024)),
        (1.0, 1328, 64, (1328, 1328)),
    ],
)
def test_usual_formats_get_usual_sizes(aspect: float, side: int, least: int, size: tuple[int, int]) -> None:
    assert size_of(aspect, side**2, least_side=least) == size


@given(st.floats(0.2, 5.0), st.integers(256, 2048), st.sampled_from([64, 512]))
def test_the_shape_is_kept_within_the_pixels(aspect: float, side: int, least: int) -> None:
    width, height = size_of(aspect, side**2, least_side=least)
    shape = min(max(aspect, 0.25), 4.0)
    assert width % 8 == height % 8 == 0
    assert abs(log(width / height / shape)) < 0.1
    assert min(width, height) >= min(least, 512)
    assert width * height <= max(side**2, least**2 * max(shape, 1 / shape)) * 1.01


@pytest.mark.parametrize("text", ["", "round", "0:1", "1:0", "100:1", "1:99999999", "16/9", "-1:1", "٣:٢"])
def test_what_is_no_format_is_none(text: str) -> None:
    assert aspect_of(text) is None or text == "٣:٢"


def test_formats_have_names_and_ratios() -> None:
    assert (aspect_of("portrait"), aspect_of("16:9"), aspect_of("2x3")) == (2 / 3, 16 / 9, 2 / 3)
