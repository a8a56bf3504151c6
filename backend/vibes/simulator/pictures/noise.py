"""Repeatable noise: all randomness of the pictures comes from seeded generators made here."""

import math
from random import Random

from PIL import Image

SMOOTH = Image.Resampling.BICUBIC

_SMALLEST_WEIGHT = 0.03
"""Weight of an octave below which it is left out, since it would not be seen."""
_ROUGH = 0.5
"""Roughness from which the waves of a skyline are folded into peaks."""


def generator(*parts: object) -> Random:
    """A generator that depends on the parts alone, equal in every process and on every machine."""
    return Random("\x1f".join(str(part) for part in parts))


def field(random: Random, size: tuple[int, int], cells: tuple[int, int], octaves: int = 3) -> Image.Image:
    """A cloud-like grey field: each octave has twice the cells and half the weight of the one before."""
    columns, rows = cells
    total = _layer(random, size, columns, rows)
    for octave in range(1, octaves):
        layer = _layer(random, size, columns << octave, rows << octave)
        total = Image.blend(total, layer, 1 / (2**octave + 1))
    return total


def ridge(random: Random, points: int, bumps: int, roughness: float) -> list[float]:
    """A skyline of ``points`` heights in 0..1; ``roughness`` 0 is a soft swell, 1 is a jagged mountain range."""
    heights = [0.0] * points
    weight, total, count = 1.0, 0.0, bumps
    while count < points // 2 and weight > _SMALLEST_WEIGHT:
        layer = _line(random, points, count)
        if roughness > _ROUGH:
            layer = [1 - abs(2 * height - 1) for height in layer]
        heights = [sum_ + weight * height for sum_, height in zip(heights, layer, strict=True)]
        total += weight
        weight *= 0.25 + 0.3 * roughness
        count *= 2
    return [height / total for height in heights]


def happens(random: Random, chance: float) -> bool:
    """True with the probability ``chance``."""
    return random.random() < chance


def contrast(grey: Image.Image, low: float, high: float, strength: float = 1.0) -> Image.Image:
    """Stretch ``low``..``high`` (0..1) to black .. ``strength`` times white, with soft shoulders."""
    table = []
    for value in range(256):
        position = min(max((value / 255 - low) / max(high - low, 1e-6), 0.0), 1.0)
        table.append(round(255 * strength * position * position * (3 - 2 * position)))
    return grey.point(table)


def _layer(random: Random, size: tuple[int, int], columns: int, rows: int) -> Image.Image:
    columns, rows = min(columns, size[0]), min(rows, size[1])
    return Image.frombytes("L", (columns, rows), random.randbytes(columns * rows)).resize(size, SMOOTH)


def _line(random: Random, points: int, bumps: int) -> list[float]:
    knots = [random.random() for _ in range(bumps + 2)]
    heights = []
    for point in range(points):
        position = point / max(points - 1, 1) * bumps
        left = int(position)
        mix = (1 - math.cos((position - left) * math.pi)) / 2
        heights.append(knots[left] * (1 - mix) + knots[left + 1] * mix)
    return heights
