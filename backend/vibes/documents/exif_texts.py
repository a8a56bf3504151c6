"""The texts in the EXIF of a picture, read within limits: programs write there what a JPEG or WebP was made with.

EXIF is a little TIFF file (TIFF 6.0, section 2): a table of tags, of which those of type ASCII and UNDEFINED are texts.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from vibes.documents.image_header import jpeg_segments
from vibes.documents.png_chunks import BrokenChunks, unverified_chunks
from vibes.documents.png_texts import texts
from vibes.documents.riff_chunks import riff_chunks

MAX_TAGS = 200
"""Most tags of a table that are read; cameras write some twenty."""
MAX_TEXT_BYTES = 8 * 2**20
"""Largest text; longer ones are ignored. The graph of a large workflow has some 100 kB."""
MAX_TOTAL_BYTES = 2 * MAX_TEXT_BYTES
"""Most bytes of all texts together; those after them are ignored. Any number of tags can name the same bytes."""

_ORDERS = {b"II": "<", b"MM": ">"}
EXIF_START = b"Exif\0\0"
_APP1 = 0xE1
_TEXT_TYPES = frozenset({2, 7})
_ENTRY_BYTES = 12
_INLINE_BYTES = 4
_FURTHER_TABLE, USER_COMMENT = 0x8769, 0x9286
_ORIENTATION, _SHORT = 0x0112, 3
_ORIENTATIONS = range(1, 9)
_CODES = (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0" * 8)
"""What may stand before a user's comment: how it is written (Exif 2.32, 4.6.5)."""
_UNICODE = _CODES[1]


def exif_texts(content: bytes) -> Iterator[tuple[int, str]]:
    """The tags and texts of the file's first EXIF, those of its first table first; none without EXIF, and up to where
    it is damaged."""
    with suppress(struct.error, IndexError):
        yield from _texts(next(_exif_of(content), b""))


def has_exif(content: bytes) -> bool:
    """Whether a PNG, JPEG or WebP has any, damaged or not."""
    return next(_exif_of(content), None) is not None


def exif_orientation(exif: bytes) -> int:
    """Which side is up, 1 to 8 (Exif 2.32, 4.6.4); 1, the usual one, where EXIF does not say it or is damaged."""
    order = _ORDERS.get(exif[:2])
    with suppress(struct.error):
        if order is not None:
            (table,) = struct.unpack_from(f"{order}I", exif, 4)
            for tag, kind, _, place in _entries(exif, order, table):
                if tag == _ORIENTATION and kind == _SHORT:
                    (value,) = struct.unpack_from(f"{order}H", exif, place)
                    return int(value) if value in _ORIENTATIONS else 1
    return 1


def _texts(exif: bytes) -> Iterator[tuple[int, str]]:
    order = _ORDERS.get(exif[:2])
    if order is None:
        return
    left = MAX_TOTAL_BYTES
    tables = [struct.unpack_from(f"{order}I", exif, 4)[0]]
    for table in islice(tables, 2):  # the second one is appended when its place was read
        for tag, kind, size, value in _entries(exif, order, table):
            if tag == _FURTHER_TABLE and len(tables) == 1:
                tables.extend(struct.unpack_from(f"{order}I", exif, value))
            text = kind in _TEXT_TYPES or tag == USER_COMMENT  # which some write as bytes
            if not text or size > min(left, MAX_TEXT_BYTES):
                continue
            left -= size
            place = value if size <= _INLINE_BYTES else struct.unpack_from(f"{order}I", exif, value)[0]
            body = exif[place : place + size]
            yield tag, _commented(body) if tag == USER_COMMENT else _plain(body)


def _plain(body: bytes) -> str:
    return body.rstrip(b"\0").decode("utf-8", "replace")


def _commented(body: bytes) -> str:
    code = next((each for each in _CODES if body.startswith(each)), b"")
    text = body[len(code) :]
    if code != _UNICODE:
        return _plain(text)
    text = text[: len(text) // 2 * 2]  # an odd byte behind it pads it, or is half a letter
    if text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return text.decode("utf-16", "replace")
    # Which byte comes first is not said, and programs differ from the standard: Western letters have a zero.
    big = text[0::2].count(0) >= text[1::2].count(0)
    return text.decode("utf-16-be" if big else "utf-16-le", "replace").rstrip("\0")


def _entries(exif: bytes, order: str, table: int) -> Iterator[tuple[int, int, int, int]]:
    """Of a table each entry's tag, type, size in bytes of texts, and the place of its value or of where that is."""
    (count,) = struct.unpack_from(f"{order}H", exif, table)
    for number in range(min(count, MAX_TAGS)):
        entry = table + 2 + number * _ENTRY_BYTES
        tag, kind, size = struct.unpack_from(f"{order}HHI", exif, entry)
        yield tag, kind, size, entry + 8


def _exif_of(content: bytes) -> Iterator[bytes]:
    for body in _bodies_of(content):
        yield body.removeprefix(EXIF_START)


def _raw_profiles(png: bytes) -> Iterator[bytes]:
    """As ImageMagick keeps the EXIF of a JPEG in a PNG: name, length in decimal and the bytes in hexadecimal digits."""
    for kind in ("exif", "APP1"):
        for text in texts(png, f"Raw profile type {kind}"):
            name, *rest = text.split(maxsplit=2)[:3] or [""]
            with suppress(ValueError):
                if name in {kind, kind.lower()} and len(rest) > 1:
                    yield bytes.fromhex(rest[1])


def _bodies_of(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\xff\xd8"):
        yield from (body for marker, body in jpeg_segments(content) if marker == _APP1 and body.startswith(EXIF_START))
    elif content.startswith(b"\x89PNG"):
        with suppress(BrokenChunks):
            yield from (
                content[each.start + 8 : each.end - 4] for each in unverified_chunks(content) if each.kind == b"eXIf"
            )
        yield from _raw_profiles(content)
    else:
        yield from riff_chunks(content, b"EXIF")
