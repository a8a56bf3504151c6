"""The part of a picture that is drawn when only what is masked is: the painted part with its surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass

from vibes.domain.pictures.picture_size import EXTREME

ONLY_MASKED = "only_masked"
"""Parameter of a workflow that can draw such a part at the model's size and lay it back into the picture."""
PADDING = "only_masked_padding"
"""Parameter: pixels of surroundings on every side of what is painted."""
REGION = ("region_x", "region_y", "region_width", "region_height")
"""Parameters that place the part in the picture; the hub finds them where width and height are 0."""

LEAST_SIDE = 64
"""Pixels. A smaller part would be enlarged more than eight times for the smallest model, and show it nothing."""


@dataclass(frozen=True, slots=True)
class Box:
    """Whole pixels of a picture; the part has at least one each way."""

    x: int
    y: int
    width: int
    height: int

    def parameters(self) -> Mapping[str, int]:
        return dict(zip(REGION, (self.x, self.y, self.width, self.height), strict=True))


def part_around(painted: Box, picture: tuple[int, int], padding: int) -> Box:
    """The smallest part of the picture with all that is painted and ``padding`` pixels around it.

    It has no side below `LEAST_SIDE` and is no narrower than models are trained on, as far as the picture reaches; at a
    border the padding beyond it is left out, and what it lacks for those two is taken from the other side.
    """
    across = _padded(painted.x, painted.width, padding, picture[0])
    down = _padded(painted.y, painted.height, padding, picture[1])
    longer = max(across[1], down[1])
    least = max(LEAST_SIDE, -int(-longer // EXTREME))
    x, width = _widened(*across, least, picture[0])
    y, height = _widened(*down, least, picture[1])
    return Box(x, y, width, height)


def _padded(start: int, length: int, padding: int, side: int) -> tuple[int, int]:
    first, last = max(start - padding, 0), min(start + length + padding, side)
    return first, last - first


def _widened(start: int, length: int, least: int, side: int) -> tuple[int, int]:
    wanted = min(max(length, least), side)
    return min(max(start - (wanted - length) // 2, 0), side - wanted), wanted
