"""How checkpoints and LoRAs change the look of a picture: each style is a function on an image."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from vibes.simulator.pictures.canvas import gradient
from vibes.simulator.pictures.noise import SMOOTH, contrast, field, generator

Style = Callable[[Image.Image, Random], Image.Image]


@dataclass(frozen=True, slots=True)
class AppliedLora:
    """A LoRA file and how strongly it changes the model."""

    name: str
    strength: float


def apply_loras(image: Image.Image, loras: tuple[AppliedLora, ...]) -> Image.Image:
    """Each LoRA in the order of its chain; strength 0 changes nothing, below 0 pushes the other way."""
    for lora in loras:
        strength = min(max(lora.strength, -1.0), 1.5)
        if strength != 0.0:
            styled = _style_named(lora.name)(image, generator("lora", lora.name, image.size))
            image = Image.blend(image, styled, strength)
    return image


def apply_checkpoint(image: Image.Image, checkpoint: str) -> Image.Image:
    """The family's own look, recognised from the file's name."""
    name = checkpoint.lower()
    if "pony" in name:
        return ImageEnhance.Color(_posterised(image, 5)).enhance(1.25)
    if "illustrious" in name:
        return _outlined(ImageEnhance.Color(image).enhance(1.15))
    if "flux" in name or "qwen" in name or "z_image" in name:
        return ImageEnhance.Contrast(image).enhance(1.08)
    if "xl" in name:
        return ImageEnhance.Color(image).enhance(1.08)
    return image


def _style_named(name: str) -> Style:
    lowered = name.lower()
    return next((style for word, style in _STYLES.items() if word in lowered), _toned)


def _ink(image: Image.Image, random: Random) -> Image.Image:
    """Brown ink lines and a light wash on paper."""
    grey = image.convert("L")
    lines = ImageOps.invert(grey.filter(ImageFilter.FIND_EDGES).point([min(v * 4, 255) for v in range(256)]))
    hatching = field(random, image.size, (image.width // 4, image.height // 16 + 1), 1)
    wash = ImageOps.autocontrast(grey).point([150 + v * 105 // 255 for v in range(256)])
    shade = ImageChops.multiply(wash, hatching.point([196 + v * 59 // 255 for v in range(256)]))
    drawing = ImageChops.multiply(lines.filter(ImageFilter.SMOOTH), shade)
    return ImageOps.colorize(drawing, (44, 30, 26), (248, 240, 222))


def _watercolour(image: Image.Image, random: Random) -> Image.Image:
    """Pale washes that dry darker at their edges, on grained paper."""
    flat = ImageEnhance.Color(_posterised(image.filter(ImageFilter.BoxBlur(2)), 5)).enhance(1.5)
    edges = flat.convert("L").filter(ImageFilter.FIND_EDGES).point([min(v * 2, 56) for v in range(256)])
    pale = Image.blend(flat, Image.new("RGB", image.size, (252, 248, 238)), 0.46)
    pale = ImageChops.subtract(pale, Image.merge("RGB", (edges, edges, edges)).filter(ImageFilter.SMOOTH))
    paper = field(random, image.size, (image.width // 4, image.height // 4), 1).point(
        [112 + v // 8 for v in range(256)]
    )
    return ImageChops.soft_light(pale, Image.merge("RGB", (paper, paper, paper)))


def _film(image: Image.Image, random: Random) -> Image.Image:
    """Lifted blacks, warm highlights, coarse grain and dark corners."""
    curve = [28 + v * 212 // 255 for v in range(256)]
    faded = image.point(curve + [22 + v * 206 // 255 for v in range(256)] + [38 + v * 172 // 255 for v in range(256)])
    grain = Image.frombytes("L", image.size, random.randbytes(image.width * image.height))
    grain = grain.point([98 + v * 60 // 255 for v in range(256)])
    corners = Image.radial_gradient("L").point([255 - max(v - 70, 0) for v in range(256)])
    relief = ImageChops.multiply(grain, corners.resize(image.size, Image.Resampling.BILINEAR))
    return ImageChops.soft_light(faded, Image.merge("RGB", (relief, relief, relief)))


def _pixels(image: Image.Image, _random: Random) -> Image.Image:
    """Big square pixels in a handful of colours."""
    small = (max(image.width // 6, 1), max(image.height // 6, 1))
    blocks = image.resize(small, Image.Resampling.BOX).quantize(24, dither=Image.Dither.NONE).convert("RGB")
    return blocks.resize(image.size, Image.Resampling.NEAREST)


def _detailed(image: Image.Image, _random: Random) -> Image.Image:
    """More local contrast."""
    return ImageEnhance.Color(image.filter(ImageFilter.UnsharpMask(4, 160, 2))).enhance(1.1)


def _realistic(image: Image.Image, _random: Random) -> Image.Image:
    """A photograph's curve: deep blacks, soft highlights, calmer colours."""
    curve = contrast(Image.linear_gradient("L").resize((1, 256)), -0.06, 1.06).tobytes()
    return ImageEnhance.Color(image.point(list(curve) * 3)).enhance(0.82)


def _toned(image: Image.Image, random: Random) -> Image.Image:
    """A split tone derived from the file's name, for names that match no style."""
    shadows, lights = ((random.randrange(256), random.randrange(256), random.randrange(256)) for _ in range(2))
    tone = gradient([lights, shadows], (8, 64)).resize(image.size, SMOOTH)
    return Image.blend(ImageChops.soft_light(image, tone), ImageOps.autocontrast(image), 0.25)


def _posterised(image: Image.Image, steps: int) -> Image.Image:
    width = 256 / steps
    table = [min(round((int(value / width) + 0.5) * width), 255) for value in range(256)]
    return Image.blend(image, image.point(table * 3), 0.6)


def _outlined(image: Image.Image) -> Image.Image:
    edges = image.convert("L").filter(ImageFilter.FIND_EDGES).point([min(value * 2, 150) for value in range(256)])
    dark = image.copy()
    dark.paste((24, 18, 34), (0, 0, *image.size), edges)
    return dark


_STYLES: dict[str, Style] = {
    "ink": _ink,
    "sketch": _ink,
    "watercolor": _watercolour,
    "watercolour": _watercolour,
    "grain": _film,
    "film": _film,
    "pixel": _pixels,
    "detail": _detailed,
    "realis": _realistic,
}
