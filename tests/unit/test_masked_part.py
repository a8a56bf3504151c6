"""The part that is drawn around a mask, for thousands of masks, pictures and paddings."""

from random import Random

import pytest

from vibes.domain.pictures.masked_part import LEAST_SIDE, Box, part_around
from vibes.domain.pictures.picture_size import EXTREME, size_of


def cases() -> list[tuple[Box, tuple[int, int], int]]:
    """Masks anywhere, many of one pixel, along a border or over everything, in pictures down to one pixel."""
    chance = Random(20)  # noqa: S311 - the same stories each time
    found = []
    for _ in range(5_000):
        sides = [chance.choice([1, 7, 63, 64, 511, 512, 1000, 4032, 16384]) for _ in range(2)]
        spans = []
        for side in sides:
            length = chance.choice([1, side, chance.randint(1, side)])
            spans.append((chance.choice([0, side - length, chance.randint(0, side - length)]), length))
        (x, width), (y, height) = spans
        found.append((Box(x, y, width, height), (sides[0], sides[1]), chance.choice([0, 1, 32, 64, 500, 20_000])))
    return found


def test_a_part_has_all_that_is_painted_with_its_padding_and_nothing_beyond_the_picture() -> None:
    for painted, (width, height), padding in cases():
        part = part_around(painted, (width, height), padding)
        told = (painted, (width, height), padding, part)
        assert 0 <= part.x <= max(painted.x - padding, 0), told
        assert 0 <= part.y <= max(painted.y - padding, 0), told
        assert width >= part.x + part.width >= min(painted.x + painted.width + padding, width), told
        assert height >= part.y + part.height >= min(painted.y + painted.height + padding, height), told


def test_a_part_is_neither_tiny_nor_narrow_as_far_as_the_picture_reaches() -> None:
    for painted, picture, padding in cases():
        part = part_around(painted, picture, padding)
        told = (painted, picture, padding, part)
        for length, other, side in ((part.width, part.height, picture[0]), (part.height, part.width, picture[1])):
            assert length == side or length >= LEAST_SIDE, told
            assert length == side or length * EXTREME >= other, told


def test_it_is_drawn_at_a_size_that_a_latent_has_and_in_about_its_own_shape() -> None:
    for painted, picture, padding in cases():
        part = part_around(painted, picture, padding)
        width, height = size_of(part.width / part.height, 512 * 512)
        assert width % 8 == height % 8 == 0 < min(width, height)
        assert width * height <= 512 * 512 * 1.001
        if 1 / EXTREME <= part.width / part.height <= EXTREME:
            assert abs(width / height / (part.width / part.height) - 1) < 0.05, (part, width, height)


@pytest.mark.parametrize(
    ("painted", "picture", "padding", "part"),
    [
        (Box(1000, 800, 200, 100), (4000, 3000), 50, Box(950, 750, 300, 200)),
        (Box(0, 0, 200, 100), (4000, 3000), 50, Box(0, 0, 250, 150)),
        (Box(0, 0, 4000, 3000), (4000, 3000), 50, Box(0, 0, 4000, 3000)),
        (Box(2000, 1500, 1, 1), (4000, 3000), 0, Box(1969, 1469, 64, 64)),
        (Box(3999, 2999, 1, 1), (4000, 3000), 0, Box(3936, 2936, 64, 64)),
        (Box(100, 100, 1000, 10), (4000, 3000), 0, Box(100, 0, 1000, 250)),
        (Box(5, 5, 3, 3), (40, 30), 0, Box(0, 0, 40, 30)),
    ],
)
def test_some_parts_in_numbers(painted: Box, picture: tuple[int, int], padding: int, part: Box) -> None:
    assert part_around(painted, picture, padding) == part
