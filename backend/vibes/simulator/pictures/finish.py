"""From a painted picture to bytes: enlarging, grain, the mark "simulated", PNG and previews."""

import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, PngImagePlugin

from vibes.simulator.pictures.noise import generator

WATERMARK = "simulated"
PREVIEW_SIDE = 512
"""ComfyUI fits previews to this longer side, enlarging small ones too."""

_PREVIEW_QUALITY = 95
_LATENT_SIDE = 80
"""Pixels of the longer side to which a preview is reduced first, so that it is as coarse as a decoded latent."""
_GRAIN_TILE = 256
_SMALLEST_MARKED = 96
"""Pixels of the shorter side; smaller pictures get no mark, since it would hide them."""


def enlarge(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture at its full size with a fine grain, in place of a VAE; unchanged when it has that size."""
    if image.size == size:
        return image
    image = image.resize(size, Image.Resampling.LANCZOS)
    grain = _grain(image.size)
    return ImageChops.add(image, grain, 1, -_GRAIN_ZERO)


def upscale(image: Image.Image, factor: int) -> Image.Image:
    """A larger picture with crisp edges, in place of an ESRGAN model."""
    sharp = image.filter(ImageFilter.UnsharpMask(1.2, 90, 2))
    return sharp.resize((image.width * factor, image.height * factor), Image.Resampling.BICUBIC)


def marked(image: Image.Image) -> Image.Image:
    """The picture with a small mark in the lower right corner."""
    if min(image.size) < _SMALLEST_MARKED:
        return image
    mask = _mark(max(round(min(image.size) * 0.026), 9))
    result = image.copy()
    edge = max(min(image.size) // 50, 3)
    result.paste((255, 255, 255), (image.width - mask.width - edge, image.height - mask.height - edge), mask)
    return result


def to_png(image: Image.Image, texts: Mapping[str, str]) -> bytes:
    """A PNG with one text chunk per entry; equal pictures and texts give equal bytes."""
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info, compress_level=1)
    return buffer.getvalue()


def to_file(images: Sequence[Image.Image], kind: str, exif: Mapping[int, str], **options: Any) -> bytes:
    """A file of this Pillow format, an animation of several pictures; ``exif``: texts by tag."""
    info = Image.Exif()
    for tag, text in exif.items():
        info[tag] = text
    if info and kind in {"JPEG", "WEBP"}:
        options["exif"] = info
    if len(images) > 1:
        options |= {"save_all": True, "append_images": images[1:]}
    buffer = io.BytesIO()
    images[0].save(buffer, kind, **options)
    return buffer.getvalue()


class Unfinished:
    """A picture during sampling: noise and blur fade as it progresses."""

    def __init__(self, picture: Image.Image) -> None:
        self._small = picture.copy()
        self._small.thumbnail((_LATENT_SIDE, _LATENT_SIDE), Image.Resampling.BOX)
        scale = PREVIEW_SIDE / max(self._small.size)
        self._size = (max(round(self._small.width * scale), 1), max(round(self._small.height * scale), 1))

    def jpeg(self, progress: float, key: str) -> bytes:
        """The picture at a progress of 0 to 1; ``key`` seeds its noise."""
        small = self._small
        missing = (1 - min(max(progress, 0.0), 1.0)) ** 1.3
        if missing > 0:
            blurred = small.filter(ImageFilter.GaussianBlur(5 * missing))
            noise = Image.frombytes("RGB", small.size, Random(key).randbytes(small.width * small.height * 3))
            small = Image.blend(blurred, noise, 0.7 * missing)
        buffer = io.BytesIO()
        small.resize(self._size, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=_PREVIEW_QUALITY)
        return buffer.getvalue()


@lru_cache(maxsize=8)
def _mark(height: int) -> Image.Image:
    font = ImageFont.load_default(height)
    left, top, right, bottom = font.getbbox(WATERMARK)
    mask = Image.new("L", (round(right - left) + 2, round(bottom - top) + 2))
    ImageDraw.Draw(mask).text((1 - left, 1 - top), WATERMARK, fill=120, font=font)
    return mask


_GRAIN_ZERO = 2


@lru_cache(maxsize=4)
def _grain(size: tuple[int, int]) -> Image.Image:
    """Grey values from 0 to twice ``_GRAIN_ZERO``, a tile repeated; the same for every picture of one size."""
    random = generator("grain")
    tile = Image.frombytes("L", (_GRAIN_TILE, _GRAIN_TILE), random.randbytes(_GRAIN_TILE**2))
    tile = tile.point([round(2 * _GRAIN_ZERO * value / 255) for value in range(256)])
    grain = Image.new("L", size)
    for top in range(0, size[1], _GRAIN_TILE):
        for left in range(0, size[0], _GRAIN_TILE):
            grain.paste(tile, (left, top))
    return Image.merge("RGB", (grain, grain, grain))
