"""The nearest size that a generator draws."""

from math import ceil, log, sqrt

from vibes.generators.offers import SizeRule


def nearest_size(rule: SizeRule, width: int, height: int) -> tuple[int, int]:
    """Of about the same shape and as many pixels; the same where that is drawn, or where none can be found."""
    if rule.refuses(width, height) is None:
        return width, height
    if rule.only:
        return min(rule.only, key=lambda size: _distance(size, width, height))
    ratio = width / height
    if rule.most_ratio is not None:
        ratio = min(max(ratio, 1 / rule.most_ratio), rule.most_ratio)
    pixels = max(width * height, rule.least_pixels)
    pixels = min(pixels, rule.most_pixels or pixels)
    wide, high = sqrt(pixels * ratio), sqrt(pixels / ratio)
    factor = max(rule.least_side / min(wide, high), 1.0)
    if rule.most_side is not None:
        factor = min(factor, rule.most_side / max(wide, high))
    for unit in (ceil, int):  # rounded up, unless that is too large
        sides = [unit(side * factor / rule.multiple_of) * rule.multiple_of for side in (wide, high)]
        if rule.refuses(*sides) is None:
            return sides[0], sides[1]
    return width, height


def _distance(size: tuple[int, int], width: int, height: int) -> tuple[float, float]:
    """By shape first, then by the number of pixels."""
    shape = abs(log(size[0] / size[1]) - log(width / height))
    return round(shape, 2), abs(log(size[0] * size[1]) - log(width * height))
