"""Pictures made from pictures: img2img, inpainting and ControlNet keep parts of their input."""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from vibes.simulator.pictures.noise import SMOOTH, contrast, field, generator
from vibes.simulator.pictures.palette import Palette, mix

_NEW_FROM = 0.55
"""Denoise below which the input is only repainted; from here on the new composition shows."""


@dataclass(frozen=True, slots=True)
class Control:
    """A picture that the result must follow, as ControlNet does."""

    image: Image.Image
    strength: float


def repaint(source: Image.Image, fresh: Image.Image, palette: Palette, denoise: float, key: str) -> Image.Image:
    """The source as seen through a sampler: at 0 itself, then recoloured and bent, near 1 replaced by ``fresh``."""
    if denoise <= 0:
        return source
    share = min(denoise, 1.0)
    bent = _bend(source, share, key)
    recoloured = Image.blend(bent, _recolour(bent, palette), 0.34 * share)
    result = ImageEnhance.Contrast(recoloured).enhance(1 + 0.12 * share)
    result = _restroke(result, share, key)
    if share <= _NEW_FROM:
        return result
    progress = (share - _NEW_FROM) / (1 - _NEW_FROM)
    grown = contrast(field(generator("regions", key), source.size, (3, 3), 2), 1 - progress * 1.4, 1.3 - progress * 1.4)
    return Image.composite(fresh.resize(source.size, SMOOTH), result, grown)


def inpaint(source: Image.Image, painted: Image.Image, mask: Image.Image) -> Image.Image:
    """``painted`` where the mask is white; elsewhere the source's own pixels."""
    mask = mask.resize(source.size, Image.Resampling.BILINEAR)
    soft = ImageChops.darker(mask, mask.filter(ImageFilter.GaussianBlur(max(min(source.size) / 90, 1))))
    return Image.composite(painted.resize(source.size, SMOOTH), source, soft)


def follow(painted: Image.Image, control: Control, palette: Palette) -> Image.Image:
    """Draw the lines and lights of the control picture into the painted one, as ink and relief."""
    guide = ImageOps.autocontrast(control.image.convert("L").resize(painted.size, SMOOTH))
    strength = min(max(control.strength, 0.0), 1.5) / 1.5
    near = guide.filter(ImageFilter.BoxBlur(max(min(painted.size) // 60, 1)))
    body = near.point([min(round(value * 1.4 * strength), 255) for value in range(256)])
    result = painted.copy()
    result.paste(mix(palette.light.sky[2], palette.light.lamp, 0.4), (0, 0, *result.size), body.point(_HALF))
    lines = guide.point([min(round(value * 1.3 * strength), 255) for value in range(256)])
    result.paste(mix(palette.light.shade, (0, 0, 0), 0.2), (0, 0, *result.size), lines)
    return result


_HALF = [value // 2 for value in range(256)]


def _bend(source: Image.Image, share: float, key: str) -> Image.Image:
    """Shift the picture a little here and there, more with more denoise."""
    random, cells = generator("bend", key), 5
    width, height = source.size
    reach = 0.03 * share
    knots = {
        (column, row): (
            (column / cells + (0 < column < cells) * random.uniform(-reach, reach)) * width,
            (row / cells + (0 < row < cells) * random.uniform(-reach, reach)) * height,
        )
        for row in range(cells + 1)
        for column in range(cells + 1)
    }
    pieces = []
    for row in range(cells):
        for column in range(cells):
            box = (width * column // cells, height * row // cells)
            end = (width * (column + 1) // cells, height * (row + 1) // cells)
            corners = ((column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row))
            pieces.append(((*box, *end), tuple(part for corner in corners for part in knots[corner])))
    return source.transform(source.size, Image.Transform.MESH, pieces, Image.Resampling.BILINEAR)


def _recolour(image: Image.Image, palette: Palette) -> Image.Image:
    light = palette.light
    dark, bright = mix(light.shade, palette.land, 0.2), mix(light.lamp, (255, 255, 255), 0.3)
    return ImageOps.colorize(ImageOps.autocontrast(image.convert("L"), cutoff=1), dark, bright, mid=light.sky[1])


def _restroke(image: Image.Image, share: float, key: str) -> Image.Image:
    small = (max(image.width // 2, 8), max(image.height // 2, 8))
    strokes = field(generator("strokes", key), small, (max(image.width // 18, 4), max(image.height // 7, 4)), 2)
    reach = round(52 * share)
    strokes = strokes.point([128 - reach // 2 + value * reach // 255 for value in range(256)]).resize(
        image.size, SMOOTH
    )
    return ImageChops.soft_light(image, Image.merge("RGB", (strokes, strokes, strokes)))
