"""A PNG as its chunks, read without decoding, so that malicious ones cost nothing."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

MAX_CHUNKS = 100_000
"""Most chunks, far more than programs write: a picture of 32 MiB in pieces of 8 kB has 4,096."""

_FRAME = 12
"""Bytes of a chunk besides its data: 4 length, 4 type, 4 checksum."""
_MAX_ORIENTATION_BYTES = 1 << 20
_OF_THE_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


class BrokenChunks(Exception):
    """The bytes are no complete PNG; the text says what is wrong."""


class Chunk(NamedTuple):
    kind: bytes
    start: int
    """Offset in the file of its length field."""
    end: int

    @property
    def size(self) -> int:
        """Bytes of its data."""
        return self.end - self.start - _FRAME


def chunks(png: bytes) -> Iterator[Chunk]:
    """Each chunk up to and including IEND, with its checksum verified; what follows IEND is ignored.

    Raises BrokenChunks when it is cut off, damaged, or has more than `MAX_CHUNKS` chunks.
    """
    view = memoryview(png)
    for chunk in unverified_chunks(png):
        (checksum,) = struct.unpack_from(">I", png, chunk.end - 4)
        if zlib.crc32(view[chunk.start + 4 : chunk.end - 4]) != checksum:
            raise BrokenChunks(f"the checksum of its {chunk.kind.decode('ascii', 'replace')} chunk is wrong")
        yield chunk


def unverified_chunks(png: bytes) -> Iterator[Chunk]:
    """The same without verifying checksums, which takes hardly any time for a picture of any size."""
    if not png.startswith(PNG_SIGNATURE):
        raise BrokenChunks("it does not begin as a PNG")
    start = len(PNG_SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if start + _FRAME > len(png):
            raise BrokenChunks("it is cut off")
        size, kind = struct.unpack_from(">I4s", png, start)
        end = start + _FRAME + size
        if end > len(png):
            raise BrokenChunks("it is cut off")
        yield Chunk(kind, start, end)
        if kind == b"IEND":
            return
        start = end
    raise BrokenChunks(f"it is in more than {MAX_CHUNKS:,} pieces")


def pixels_alone(png: bytes) -> bytes:
    """The picture without texts, colour profiles and animation: a still one, with its EXIF orientation.

    What is left cannot unpack into more than its pixels. Raises BrokenChunks.
    """
    view = memoryview(png)
    kept = [view[chunk.start : chunk.end] for chunk in chunks(png) if _is_needed(chunk)]
    return b"".join((PNG_SIGNATURE, *kept))


def colour_profile(png: bytes, most_bytes: int) -> bytes | None:
    """The ICC profile; None without one, or where it is broken or unpacks to more bytes. Raises BrokenChunks."""
    chunk = next((each for each in chunks(png) if each.kind == b"iCCP"), None)
    if chunk is None:
        return None
    _, _, packed = png[chunk.start + 8 : chunk.end - 4].partition(b"\0")
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed[1:], most_bytes)  # behind the byte that names the method
    except zlib.error:
        return None
    return profile if unpacking.eof else None


def without_tail(png: bytes) -> bytes:
    """The PNG without bytes after its last chunk; unchanged when its end is not found."""
    try:
        return png[: next(chunk.end for chunk in unverified_chunks(png) if chunk.kind == b"IEND")]
    except BrokenChunks:
        return png


def is_animated(png: bytes) -> bool:
    """Whether it has further pictures besides the still one. Raises BrokenChunks."""
    return any(chunk.kind == b"acTL" for chunk in chunks(png))


def _is_needed(chunk: Chunk) -> bool:
    return chunk.kind in _OF_THE_PIXELS or (chunk.kind == b"eXIf" and chunk.size <= _MAX_ORIENTATION_BYTES)
