"""The texts in a PNG, read within limits and added without decoding the picture."""

import struct
import zlib
from collections.abc import Iterator
from itertools import islice

from vibes.documents.png_chunks import PNG_SIGNATURE, BrokenChunks, unverified_chunks

MAX_TEXT_BYTES = 8 * 2**20
"""Largest unpacked text; longer ones are ignored. The graph of a large workflow has some 100 kB."""
MAX_TOTAL_BYTES = 2 * MAX_TEXT_BYTES
"""Most characters of all texts together where all are read; those after them are ignored."""
_MAX_TEXTS = 16
"""Most texts of one keyword that are unpacked, damaged and too long ones among them: each may cost as much as one
that is read."""
_MOST_TEXTS = 100
"""The same of all keywords together."""
_LONGEST_KEYWORD = 79
"""Bytes (PNG, third edition, 11.3.3)."""
_IHDR_END = len(PNG_SIGNATURE) + 25
"""The end of the IHDR chunk, which has a fixed size: 4 length, 4 type, 13 data, 4 checksum."""


def texts(png: bytes, keyword: str) -> Iterator[str]:
    """All texts of this keyword, in order, compressed (``zTXt``, ``iTXt``) or not; damaged ones are left out."""
    tried = islice(_texts(png, keyword.encode("latin-1") + b"\0"), _MAX_TEXTS)
    return (text for text in tried if text is not None)


def all_texts(png: bytes) -> Iterator[tuple[str, str]]:
    """Keyword and text of the first texts, whatever they are called; damaged ones are left out."""
    left = MAX_TOTAL_BYTES
    for keyword, text in islice(_with_keywords(png), _MOST_TEXTS):
        left -= len(text or "")
        if left < 0:
            return
        if text is not None:
            yield keyword, text


def with_text(png: bytes, keyword: str, text: str) -> bytes:
    """The PNG with one more international text chunk after its header; all other bytes stay.

    Raises ValueError when the bytes do not start like a PNG.
    """
    if not starts_like_png(png):
        raise ValueError("not a PNG")
    body = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    kind = b"iTXt"
    checksum = zlib.crc32(kind + body)
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
    return png[:_IHDR_END] + chunk + png[_IHDR_END:]


def starts_like_png(content: bytes) -> bool:
    return content.startswith(PNG_SIGNATURE) and content[12:16] == b"IHDR"


def _with_keywords(png: bytes) -> Iterator[tuple[str, str | None]]:
    """None for the text of one that is damaged or too long."""
    try:
        for chunk in unverified_chunks(png):
            if chunk.kind in _READERS:
                begin, end = chunk.start + 8, chunk.end - 4
                keyword_end = png.find(b"\0", begin, min(end, begin + _LONGEST_KEYWORD + 1))
                if keyword_end > begin:
                    yield png[begin:keyword_end].decode("latin-1"), _READERS[chunk.kind](png[keyword_end + 1 : end])
    except BrokenChunks:
        return


def _texts(png: bytes, start: bytes) -> Iterator[str | None]:
    """The same of one keyword."""
    try:
        for chunk in unverified_chunks(png):
            begin = chunk.start + 8
            if chunk.kind in _READERS and png.startswith(start, begin, chunk.end - 4):
                yield _READERS[chunk.kind](png[begin + len(start) : chunk.end - 4])
    except BrokenChunks:
        return


def _plain(body: bytes) -> str | None:
    return _decoded(body) if len(body) <= MAX_TEXT_BYTES else None


def _packed(body: bytes) -> str | None:
    """One byte for the method, of which there is one, then the text."""
    unpacked = _unpacked(body[1:])
    return None if unpacked is None else _decoded(unpacked)


def _decoded(text: bytes) -> str:
    """It should be Latin-1 (PNG, third edition, 11.3.3); several programs, Stability Matrix among them, write UTF-8,
    which Latin-1 hardly ever looks like."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _international(body: bytes) -> str | None:
    """A byte for compression, one for the method, two names ending in a zero byte, then the text."""
    packed, language_on = body[:1] == b"\1", body[2:]
    _, found_language, translated_on = language_on.partition(b"\0")
    _, found_translation, content = translated_on.partition(b"\0")
    if not found_language or not found_translation:
        return None
    plain = _unpacked(content) if packed else content
    if plain is None or len(plain) > MAX_TEXT_BYTES:
        return None
    return plain.decode("utf-8", "replace")


def _unpacked(content: bytes) -> bytes | None:
    """None when it is damaged or exceeds the limit."""
    try:
        plain = zlib.decompressobj().decompress(content, MAX_TEXT_BYTES + 1)
    except zlib.error:
        return None
    return plain if len(plain) <= MAX_TEXT_BYTES else None


_READERS = {b"tEXt": _plain, b"zTXt": _packed, b"iTXt": _international, b"comf": _plain}
"""The last is ComfyUI's own for animated PNGs (SaveAnimatedPNG), laid out like the first."""
