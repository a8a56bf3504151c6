"""Pictures as a model is shown them: JPEG of at most 1024 pixels, alone or as rows of a labelled sheet."""

import io
from collections.abc import Sequence

from PIL import Image

from vibes.services.media.eight_bits import PAPER, eight_bit, opaque, upright
from vibes.services.media.image_codec import KEPT_FORMATS, decode

MAX_SIDE = 1024
_QUALITY = 85
_LABEL_HEIGHT = 28
_LABELS = "ABCDEFGH"


def shown(content: bytes) -> bytes:
    """Raises BrokenPicture."""
    return _jpeg(_small(content, MAX_SIDE))


def contact_sheet(rows: Sequence[Sequence[bytes]]) -> bytes:
    """A row each, labelled A, B and so on; an empty one is left out. Raises BrokenPicture."""
    from PIL import ImageDraw

    filled = [row for row in rows if row]
    columns = max(len(row) for row in filled)
    side = MAX_SIDE // max(columns, len(filled))
    sheet = Image.new("RGB", (side * columns, (side + _LABEL_HEIGHT) * len(filled)), "white")
    drawing = ImageDraw.Draw(sheet)
    for number, row in enumerate(filled):
        top = number * (side + _LABEL_HEIGHT)
        drawing.text((6, top + 6), f"Row {_LABELS[number]}", fill="black")
        for column, content in enumerate(row):
            sheet.paste(_small(content, side), (column * side, top + _LABEL_HEIGHT))
    sheet.thumbnail((MAX_SIDE, MAX_SIDE))
    return _jpeg(sheet)


def _small(content: bytes, side: int) -> Image.Image:
    """Upright, and on white where it is transparent."""
    picture = opaque(eight_bit(upright(decode(content, KEPT_FORMATS))), PAPER)
    picture.thumbnail((side, side))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
