"""Draws a sheet: labels around the cells, a thumbnail or a word in each."""

import io
from collections.abc import Mapping

from PIL import Image, ImageDraw, ImageFont

from vibes.domain.ids import GenerationId
from vibes.services.exploration.sheet_layout import SheetCell, SheetLayout

PAPER, INK, FAINT, EMPTY = (250, 249, 247), (28, 27, 26), (110, 107, 103), (226, 223, 218)
FONT_SIZE, MARGIN, GAP = 15, 12, 4
LINE = FONT_SIZE + 8
MOST_LABEL = 260
"""Pixels that the labels of rows may take."""
LARGEST_THUMBNAIL = 1024
"""Pixels of an edge; whatever is larger is none of the hub's."""
LABELS_TWICE_FROM = 6
"""With so many rows the labels of the columns stand below as well, and the other way round."""

Thumbnails = Mapping[GenerationId, bytes]
"""JPEGs of those that have one."""


def sheet_png(layout: SheetLayout, thumbnails: Thumbnails) -> bytes:
    """A PNG that is a few hundred pixels larger than its cells; a broken thumbnail counts as missing."""
    drawing = _Drawing(layout)
    drawing.labels()
    for cell in layout.cells:
        drawing.cell(cell, thumbnails.get(cell.picture.id) if cell.picture else None)
    written = io.BytesIO()
    drawing.image.save(written, "PNG", compress_level=3)
    return written.getvalue()


class _Drawing:
    def __init__(self, layout: SheetLayout) -> None:
        self.layout = layout
        self.font = ImageFont.load_default(FONT_SIZE)
        self.size = layout.cell_size
        self.captions = LINE if any(cell.caption for cell in layout.cells) else 0
        widest = max((self.font.getlength(each) for each in (*layout.rows, layout.down)), default=0)
        self.left = MARGIN + (min(int(widest) + 10, MOST_LABEL) if layout.down else 0)
        self.top = MARGIN + LINE + (2 * LINE if layout.across else 0)
        columns, rows = len(layout.columns), len(layout.rows)
        self.right = self.left + columns * (self.size + GAP)
        self.bottom = self.top + rows * (self.size + GAP + self.captions)
        self.twice_across = bool(layout.across) and rows >= LABELS_TWICE_FROM
        self.twice_down = bool(layout.down) and columns >= LABELS_TWICE_FROM
        width = self.right + MARGIN + (self.left if self.twice_down else 0)
        height = self.bottom + MARGIN + (LINE if self.twice_across else 0)
        self.image = Image.new("RGB", (max(width, 320), height), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def labels(self) -> None:
        layout = self.layout
        self._text(MARGIN, MARGIN, layout.title, self.image.width - 2 * MARGIN)
        if layout.across:
            self._text(self.left, MARGIN + LINE, layout.across, self.right - self.left, FAINT)
        for column, label in enumerate(layout.columns):
            x = self.left + column * (self.size + GAP)
            for y in (self.top - LINE, *([self.bottom] if self.twice_across else [])):
                self._text(x, y, label, self.size)
        if layout.down:
            self._text(MARGIN, self.top - LINE, layout.down, self.left - MARGIN - 6, FAINT)
        for row, label in enumerate(layout.rows):
            y = self._y(row) + self.size // 2 - FONT_SIZE // 2
            for x in (MARGIN, *([self.right + 6] if self.twice_down else [])):
                self._text(x, y, label, self.left - MARGIN - 6)

    def cell(self, cell: SheetCell, thumbnail: bytes | None) -> None:
        x, y = self.left + cell.column * (self.size + GAP), self._y(cell.row)
        picture = None if thumbnail is None else _opened(thumbnail, self.size)
        if picture is not None:
            self.image.paste(picture, (x + (self.size - picture.width) // 2, y + (self.size - picture.height) // 2))
        else:
            self.draw.rectangle((x, y, x + self.size - 1, y + self.size - 1), fill=EMPTY)
            self._text(x + 6, y + self.size // 2 - FONT_SIZE // 2, cell.missing, self.size - 12, FAINT)
        if cell.caption:
            self._text(x, y + self.size + 2, cell.caption, self.size)

    def _y(self, row: int) -> int:
        return self.top + row * (self.size + GAP + self.captions)

    def _text(self, x: int, y: int, text: str, width: int, colour: tuple[int, int, int] = INK) -> None:
        self.draw.text((x, y), self._fitting(text[:1000], width), fill=colour, font=self.font)

    def _fitting(self, text: str, width: int) -> str:
        """The text, cut where it would be wider."""
        if self.font.getlength(text) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.font.getlength(f"{text[:middle]}…") <= width
            low, high = (middle, high) if fits else (low, middle - 1)
        return f"{text[:low]}…" if low else ""


def _opened(thumbnail: bytes, size: int) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(thumbnail), formats=("JPEG",)) as opened:
            if max(opened.size) > LARGEST_THUMBNAIL:
                return None
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError):
        return None
    picture.thumbnail((size, size))
    return picture
