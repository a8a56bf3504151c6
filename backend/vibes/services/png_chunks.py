"""A PNG as the chunks that it is made of, walked without decoding anything, so that hostile ones cost nothing."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

MAX_CHUNKS = 100_000
"""Far more than any program writes: a picture of 32 MiB in pieces of 8 kB has 4,096."""

_FRAME = 12
"""Bytes of a chunk beside its data: 4 length, 4 type, 4 checksum."""
_MAX_ORIENTATION_BYTES = 1 << 20
_OF_THE_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


class BrokenChunks(Exception):
    """The bytes are no whole PNG; the text says what is wrong with them."""


class Chunk(NamedTuple):
    kind: bytes
    start: int
    """Where it begins in the file, its length first."""
    end: int

    @property
    def size(self) -> int:
        """Bytes of its data."""
        return self.end - self.start - _FRAME


def chunks(png: bytes) -> Iterator[Chunk]:
    """Each chunk up to and with IEND, its checksum verified; what comes after IEND is nobody's business.

    Raises BrokenChunks when it is cut, damaged, or in more than `MAX_CHUNKS` pieces.
    """
    if not png.startswith(PNG_SIGNATURE):
        raise BrokenChunks("it does not begin as a PNG")
    view = memoryview(png)
    start = len(PNG_SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if start + _FRAME > len(png):
            raise BrokenChunks("it is cut off")
        size, kind = struct.unpack_from(">I4s", png, start)
        end = start + _FRAME + size
        if end > len(png):
            raise BrokenChunks("it is cut off")
        (checksum,) = struct.unpack_from(">I", png, end - 4)
        if zlib.crc32(view[start + 4 : end - 4]) != checksum:
            raise BrokenChunks(f"the checksum of its {kind.decode('ascii', 'replace')} chunk is wrong")
        yield Chunk(kind, start, end)
        if kind == b"IEND":
            return
        start = end
    raise BrokenChunks(f"it is in more than {MAX_CHUNKS:,} pieces")


def pixels_alone(png: bytes) -> bytes:
    """The same picture without texts, colour profiles and animation: a still one, turned as its EXIF says.

    What is left cannot unfold into more than its pixels. Raises BrokenChunks.
    """
    view = memoryview(png)
    kept = [view[chunk.start : chunk.end] for chunk in chunks(png) if _is_needed(chunk)]
    return b"".join((PNG_SIGNATURE, *kept))


def is_animated(png: bytes) -> bool:
    """Whether it has more pictures than the one that every program shows. Raises BrokenChunks."""
    return any(chunk.kind == b"acTL" for chunk in chunks(png))


def _is_needed(chunk: Chunk) -> bool:
    return chunk.kind in _OF_THE_PIXELS or (chunk.kind == b"eXIf" and chunk.size <= _MAX_ORIENTATION_BYTES)
