"""The nearest size that a generator draws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.generators.offers import SizeRule
from vibes.nodes.generator.sizes import nearest_size

SIDES = st.integers(16, 4096)


@pytest.mark.parametrize(
    ("rule", "asked", "nearest"),
    [
        (SizeRule(), (512, 768), (512, 768)),
        (SizeRule(multiple_of=32), (500, 700), (512, 704)),
        (SizeRule(only=((1024, 1024), (1536, 1024), (1024, 1536))), (512, 768), (1024, 1536)),
        (SizeRule(multiple_of=16, least_pixels=655_360), (512, 512), (816, 816)),
        (SizeRule(multiple_of=64, most_side=1024), (2000, 1000), (1024, 512)),
        (SizeRule(least_side=512), (256, 512), (512, 1024)),
    ],
)
def test_about_the_same_shape_and_as_many_pixels(
    rule: SizeRule, asked: tuple[int, int], nearest: tuple[int, int]
) -> None:
    assert nearest_size(rule, *asked) == nearest


@given(st.sampled_from([8, 16, 32, 64]), st.integers(0, 10**6), SIDES, SIDES)
def test_it_is_drawn(multiple: int, least_pixels: int, width: int, height: int) -> None:
    rule = SizeRule(multiple_of=multiple, least_pixels=least_pixels, most_side=8192, most_ratio=3.0)
    found = nearest_size(rule, width, height)
    assert rule.refuses(*found) is None or found == (width, height)
    if 1 / 2.5 < width / height < 2.5:
        assert rule.refuses(*found) is None
