"""The texts in the EXIF of a JPEG or WebP, read within limits: some savers of ComfyUI write the graph there.

EXIF is a little TIFF file (TIFF 6.0, section 2): a table of tags, of which those of type ASCII and UNDEFINED are texts.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress

from vibes.documents.image_header import jpeg_segments

MAX_TAGS = 200
"""Most tags of a table that are read; cameras write some twenty."""
MAX_TEXT_BYTES = 8 * 2**20
"""Largest text; longer ones are ignored. The graph of a large workflow has some 100 kB."""
MAX_TOTAL_BYTES = 2 * MAX_TEXT_BYTES
"""Most bytes of all texts together; those after them are ignored. Any number of tags can name the same bytes."""

_ORDERS = {b"II": "<", b"MM": ">"}
_EXIF_START = b"Exif\0\0"
_APP1 = 0xE1
_TEXT_TYPES = frozenset({2, 7})
_ENTRY_BYTES = 12
_INLINE_BYTES = 4
_MAX_WEBP_CHUNKS = 100_000
_FURTHER_TABLE, _USER_COMMENT = 0x8769, 0x9286
_CODE_BYTES = 8
"""Before a user's comment stands how it is written (Exif 2.32, 4.6.5)."""


def exif_texts(content: bytes) -> Iterator[str]:
    """The texts in the first table of the file's first EXIF, in order; none without EXIF or when it is damaged."""
    with suppress(struct.error, IndexError):
        yield from _texts(next(_exif_of(content), b""))


def user_comment(content: bytes) -> Iterator[str]:
    """The comment in the file's first EXIF, where A1111 and its successors write the prompt of a JPEG or WebP."""
    with suppress(struct.error, IndexError):
        yield from _comments(next(_exif_of(content), b""))


def _comments(exif: bytes) -> Iterator[str]:
    order = _ORDERS.get(exif[:2])
    if order is None:
        return
    (table,) = struct.unpack_from(f"{order}I", exif, 4)
    for tag, _, _, place in _entries(exif, order, table):
        if tag == _FURTHER_TABLE:
            (further,) = struct.unpack_from(f"{order}I", exif, place)
            for its_tag, _, size, its_place in _entries(exif, order, further):
                if its_tag == _USER_COMMENT and size <= MAX_TEXT_BYTES:
                    (start,) = struct.unpack_from(f"{order}I", exif, its_place)
                    yield _commented(exif[start : start + size])


def _commented(body: bytes) -> str:
    code, text = body[:_CODE_BYTES], body[_CODE_BYTES:]
    if code != b"UNICODE\0":
        return text.rstrip(b"\0").decode("utf-8", "replace")
    # Which byte comes first is not said, and programs differ from the standard: Western letters have a zero.
    big = text[0::2].count(0) >= text[1::2].count(0)
    return text.decode("utf-16-be" if big else "utf-16-le", "replace")


def _entries(exif: bytes, order: str, table: int) -> Iterator[tuple[int, int, int, int]]:
    """Of a table each entry's tag, type, size in bytes of texts, and the place of its value or of where that is."""
    (count,) = struct.unpack_from(f"{order}H", exif, table)
    for number in range(min(count, MAX_TAGS)):
        entry = table + 2 + number * _ENTRY_BYTES
        tag, kind, size = struct.unpack_from(f"{order}HHI", exif, entry)
        yield tag, kind, size, entry + 8


def _exif_of(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\xff\xd8"):
        for marker, body in jpeg_segments(content):
            if marker == _APP1 and body.startswith(_EXIF_START):
                yield body.removeprefix(_EXIF_START)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        for kind, body in _webp_chunks(content):
            if kind == b"EXIF":
                yield body.removeprefix(_EXIF_START)


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    start = 12
    for _ in range(_MAX_WEBP_CHUNKS):
        if start + 8 > len(content):
            return
        kind, size = struct.unpack_from("<4sI", content, start)
        if kind == b"EXIF":  # only this one is copied
            yield kind, content[start + 8 : start + 8 + size]
        start += 8 + size + size % 2


def _texts(exif: bytes) -> Iterator[str]:
    order = _ORDERS.get(exif[:2])
    if order is None:
        return
    (table,) = struct.unpack_from(f"{order}I", exif, 4)
    left = MAX_TOTAL_BYTES
    for _, kind, size, value in _entries(exif, order, table):
        if kind not in _TEXT_TYPES or size > min(left, MAX_TEXT_BYTES):
            continue
        left -= size
        place = value if size <= _INLINE_BYTES else struct.unpack_from(f"{order}I", exif, value)[0]
        yield exif[place : place + size].rstrip(b"\0").decode("utf-8", "replace")
