"""All pictures of a batch on one sheet, numbered like their files."""

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL = 256
GAP = 12
LABEL = 26
BACKGROUND = (22, 22, 26)
INK = (200, 200, 205)


def write_contact_sheet(pictures: Sequence[Path], sheet: Path) -> None:
    """A grid, wider than tall, of at most 256 px a picture; the label is the file's name."""
    columns = max(math.ceil(math.sqrt(len(pictures) * 1.4)), 1)
    rows = math.ceil(len(pictures) / columns)
    size = (columns * (CELL + GAP) + GAP, rows * (CELL + LABEL + GAP) + GAP)
    canvas = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(15)
    for index, path in enumerate(pictures):
        left = GAP + index % columns * (CELL + GAP)
        top = GAP + index // columns * (CELL + LABEL + GAP)
        with Image.open(path) as picture:
            small = picture.convert("RGB")
        small.thumbnail((CELL, CELL))
        canvas.paste(small, (left + (CELL - small.width) // 2, top + (CELL - small.height) // 2))
        draw.text((left + CELL // 2, top + CELL + LABEL // 2), path.stem, INK, font, anchor="mm")
    canvas.save(sheet)
