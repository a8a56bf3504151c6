"""All pictures of a batch on one sheet, labelled with their file names."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from vibes.domain.pictures.media_type import MediaType
from vibes.services.media.eight_bits import eight_bit, opaque, upright
from vibes.services.media.image_codec import KEPT_FORMATS, BrokenPicture, decode

CELL = 256
GAP = 12
LABEL = 26
BACKGROUND = (22, 22, 26)
INK = (200, 200, 205)
_FILMS = frozenset(each.suffix for each in MediaType if each.is_video)


def contact_sheet(pictures: Sequence[Path]) -> bytes:
    """A PNG: a grid, wider than tall, of at most 256 px a picture.

    A file that is no picture leaves its cell empty: it came from a hub, which may be anyone's.
    """
    columns = max(math.ceil(math.sqrt(len(pictures) * 1.4)), 1)
    rows = math.ceil(len(pictures) / columns)
    size = (columns * (CELL + GAP) + GAP, rows * (CELL + LABEL + GAP) + GAP)
    canvas = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(15)
    for index, path in enumerate(pictures):
        left = GAP + index % columns * (CELL + GAP)
        top = GAP + index // columns * (CELL + LABEL + GAP)
        small, label = _small(path)
        if small is not None:
            canvas.paste(small, (left + (CELL - small.width) // 2, top + (CELL - small.height) // 2))
        draw.text((left + CELL // 2, top + CELL + LABEL // 2), label, INK, font, anchor="mm")
    encoded = io.BytesIO()
    canvas.save(encoded, "PNG")
    return encoded.getvalue()


def _small(path: Path) -> tuple[Image.Image | None, str]:
    try:
        small = eight_bit(upright(decode(path.read_bytes(), KEPT_FORMATS)))
    except BrokenPicture:
        return None, path.name if path.suffix in _FILMS else f"{path.stem}: no picture"
    small.thumbnail((CELL, CELL))
    return opaque(small), path.stem
