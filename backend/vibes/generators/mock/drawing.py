"""The mock's pictures: the same for the same prompt, seed, size and whatever else was asked. Blocks: for threads."""

import hashlib
import io
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from vibes.generators.errors import InvalidInput, Misconfigured

_FORMATS = ("PNG", "JPEG", "WEBP")
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_SHAPES = 9
_MOST_LINES, _FEWEST_COLUMNS = 8, 8

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """All that a picture depends on."""

    prompt: str
    seed: int
    width: int
    height: int
    style: str = ""
    """Whatever else was asked, as a text: negative prompt, model, LoRAs …"""
    background: str | None = None
    show_text: bool = True
    image: bytes | None = field(default=None, repr=False)
    strength: float = 0.8
    """How much of the image is painted over, 0 to 1."""
    mask: bytes | None = field(default=None, repr=False)
    """White where the image may change."""
    control: bytes | None = field(default=None, repr=False)
    control_strength: float = 1.0


def draw(sketch: Sketch) -> Image.Image:
    """InvalidInput where a given picture cannot be read."""
    numbers = _numbers(sketch)
    picture = _painted(sketch, numbers)
    if sketch.control is not None:
        shape = _opened(sketch.control, sketch, "depth_map").convert("L").convert("RGB")
        picture = Image.blend(picture, shape, min(sketch.control_strength, 1.0) / 2)
    if sketch.image is not None:
        start = _opened(sketch.image, sketch, "image").convert("RGB")
        changed = Image.blend(start, picture, sketch.strength)
        mask = None if sketch.mask is None else _opened(sketch.mask, sketch, "mask").convert("L")
        picture = changed if mask is None else Image.composite(changed, start, mask)
    if sketch.show_text:
        _write(picture, sketch)
    return picture


def chosen(folder: Path, sketch: Sketch, *, fitted: bool) -> Image.Image:
    """One of the pictures in ``folder``, by prompt and seed; ``fitted`` to the sketch's size, parts being cut off.
    Misconfigured where there is none, or it cannot be read."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)
        if not files:
            raise Misconfigured(f"there are no PNG, JPEG or WebP files in {folder}")
        path = files[next(_numbers(sketch)) % len(files)]
        with Image.open(path, formats=_FORMATS) as found:
            picture = found.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Misconfigured(f"the pictures of {folder} cannot be read: {error}") from error
    return ImageOps.fit(picture, (sketch.width, sketch.height)) if fitted else picture


def encoded(picture: Image.Image, image_format: str) -> bytes:
    """As a file of this format: png, jpeg or webp."""
    file = io.BytesIO()
    picture.save(file, image_format.upper())
    return file.getvalue()


def preview(picture: Image.Image, done: float) -> bytes:
    """A small JPEG of a picture of which this part, 0 to 1, is drawn."""
    small = ImageOps.contain(picture, (256, 256))
    grey = Image.new("RGB", small.size, (128, 128, 128))
    return encoded(Image.blend(grey, small, done), "jpeg")


def _numbers(sketch: Sketch) -> Iterator[int]:
    """0 to 255 for ever, decided by what was asked."""
    asked = f"{sketch.prompt}\0{sketch.seed}\0{sketch.width}x{sketch.height}\0{sketch.style}"
    block = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).digest()
    while True:
        yield from block
        block = hashlib.sha256(block).digest()


def _painted(sketch: Sketch, numbers: Iterator[int]) -> Image.Image:
    size = (sketch.width, sketch.height)
    top, bottom = _colour(numbers), _colour(numbers)
    if sketch.background is not None:
        top = bottom = _rgb(sketch.background)
    fading = Image.linear_gradient("L").resize(size)
    picture = Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), fading)
    pen = ImageDraw.Draw(picture)
    for _ in range(_SHAPES):
        x, y = next(numbers) * sketch.width // 255, next(numbers) * sketch.height // 255
        reach = 4 + next(numbers) * min(size) // 1024
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=_colour(numbers))
    return picture


def _colour(numbers: Iterator[int]) -> Colour:
    return next(numbers), next(numbers), next(numbers)


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _opened(content: bytes, sketch: Sketch, name: str) -> Image.Image:
    """Fitted to the picture's size."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as found:
            return ImageOps.fit(found.convert("RGB"), (sketch.width, sketch.height))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(f"{name} cannot be read: {error}") from error


def _write(picture: Image.Image, sketch: Sketch) -> None:
    """At the lower edge, in letters that fit; a picture too small for any stays without."""
    size = max(10, sketch.width // 28)
    columns = sketch.width // (size // 2 + 1) - 2
    if columns < _FEWEST_COLUMNS or sketch.height < 4 * size:
        return
    words = sketch.prompt.encode("utf-8", "replace").decode("utf-8")
    lines = textwrap.wrap(words, columns, max_lines=_MOST_LINES, placeholder=" …")
    text = "\n".join([*lines, f"seed {sketch.seed}, {sketch.width}×{sketch.height}"])
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size)
    place = (size // 2, sketch.height - size // 2)
    pen.multiline_text(place, text, fill="white", font=font, anchor="ld", stroke_width=1, stroke_fill="black")
