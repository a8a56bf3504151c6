"""A WebP as its chunks (RFC 9649, section 2.3), read without decoding."""

import struct
from collections.abc import Iterator

_MAX_CHUNKS = 100_000


def riff_chunks(content: bytes, wanted: bytes) -> Iterator[bytes]:
    """What each chunk of this kind holds, as far as it is there; none where it is no WebP."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return
    start = 12
    for _ in range(_MAX_CHUNKS):
        if start + 8 > len(content):
            return
        kind, size = struct.unpack_from("<4sI", content, start)
        if kind == wanted:  # only this one is copied
            yield content[start + 8 : start + 8 + size]
        start += 8 + size + size % 2
