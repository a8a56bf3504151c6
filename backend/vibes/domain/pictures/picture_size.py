"""From a shape and a number of pixels to a width and a height that suit the models."""

import re
from math import isqrt, log

SHAPES = {"square": 1.0, "portrait": 2 / 3, "landscape": 3 / 2}
"""Width ÷ height of the named formats."""

EXTREME = 4.0
"""Greatest ratio of the longer to the shorter side; models are not trained on narrower pictures."""

_STEPS = (64, 8)
"""Sides are multiples of the first where possible, as in training; else of the second, which the latent requires."""
_ASPECT_WEIGHT = 10.0
"""How much deviations of shape count against those of size: 1 % of shape like 10 % of pixels."""
_GOOD_ENOUGH = 0.03
_SPARE = 1.001


def aspect_of(text: str) -> float | None:
    """Width ÷ height of ``portrait``, ``16:9`` or ``2x3``; None for text that is no format."""
    if text in SHAPES:
        return SHAPES[text]
    ratio = re.fullmatch(r"(\d{1,5})[:x](\d{1,5})", text)
    if ratio is None or not int(ratio[1]) or not int(ratio[2]):
        return None
    aspect = int(ratio[1]) / int(ratio[2])
    return aspect if 1 / EXTREME <= aspect <= EXTREME else None


def size_of(aspect: float, pixels: int, *, least_side: int = 0) -> tuple[int, int]:
    """A width and height of about this shape and at most this many pixels: multiples of 64 where those come within 3 %
    of the shape, else of 8. The shorter side is at least ``least_side``, even if that takes more pixels."""
    aspect = min(max(aspect, 1 / EXTREME), EXTREME)
    if aspect == 1:
        side = max(isqrt(pixels), least_side) // _STEPS[-1] * _STEPS[-1]
        return side, side
    least_pixels = least_side**2 * max(aspect, 1 / aspect)
    pixels = max(pixels, round(least_pixels * _SPARE))
    for step in _STEPS:
        width, height = min(_sizes(aspect, pixels, step, least_side), key=lambda size: _distance(size, aspect, pixels))
        if abs(log(width / height / aspect)) <= _GOOD_ENOUGH:
            break
    return width, height


def _sizes(aspect: float, pixels: int, step: int, least_side: int) -> list[tuple[int, int]]:
    middle = max(round((pixels * aspect) ** 0.5 / step), 1)
    found = [
        (width, height)
        for width in range(max(middle * 2 // 3, 1) * step, (middle + 2) * step, step)
        for height in (max(int(width / aspect / step), 1) * step, (int(width / aspect / step) + 1) * step)
        if width * height <= pixels * _SPARE and min(width, height) >= least_side
    ]
    return found or [(max(least_side, step), max(least_side, step))]


def _distance(size: tuple[int, int], aspect: float, pixels: int) -> float:
    width, height = size
    return _ASPECT_WEIGHT * abs(log(width / height / aspect)) + abs(log(width * height / pixels))
