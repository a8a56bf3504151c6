"""Whether an MP4 or WebM is complete, and the size of its pictures, from its headers; nothing is decoded.

MP4 by ISO/IEC 14496-12 (boxes), WebM by RFC 8794 (EBML) and RFC 9559 (Matroska's elements).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

MAX_PARTS = 100_000
"""Most boxes or elements of a file that are read, those within others too: far more than programs write."""

_FIXED_POINT = 1 << 16
_BOX_HEADER, _LARGE_SIZE, _LONGEST_NUMBER = 8, 8, 8
"""Lengths in bytes."""

_SEGMENT, _TRACKS = 0x18538067, 0x1654AE6B
_TRACK, _VIDEO, _WIDTH, _HEIGHT = 0xAE, 0xE0, 0xB0, 0xBA


class BrokenVideo(Exception):
    """It is cut off, or no video; the text says what is wrong."""


class Part(NamedTuple):
    """A box of an MP4 or an element of a WebM: the beginning and end of its content."""

    kind: int | bytes
    start: int
    end: int


def size_of_mp4(content: bytes) -> tuple[int, int]:
    """Width and height of its largest track. Raises BrokenVideo."""
    parts = iter(range(MAX_PARTS))
    movie = next((each for each in list(_boxes(content, parts, 0, len(content))) if each.kind == b"moov"), None)
    if movie is None:
        raise BrokenVideo("it has no table of contents")
    headers = (
        header
        for track in _boxes(content, parts, movie.start, movie.end)
        if track.kind == b"trak"
        for header in _boxes(content, parts, track.start, track.end)
        if header.kind == b"tkhd" and header.end - header.start >= _BOX_HEADER
    )
    sizes = (struct.unpack(">II", content[each.end - 8 : each.end]) for each in headers)
    return _largest([(width // _FIXED_POINT, height // _FIXED_POINT) for width, height in sizes])


def size_of_webm(content: bytes) -> tuple[int, int]:
    """Width and height of its largest track. Raises BrokenVideo."""
    parts = iter(range(MAX_PARTS))
    segment = next((each for each in _elements(content, parts, 0, len(content)) if each.kind == _SEGMENT), None)
    if segment is None:
        raise BrokenVideo("it has nothing behind its header")
    sizes = [
        _webm_track_size(content, parts, track)
        for tracks in list(_elements(content, parts, segment.start, segment.end))
        if tracks.kind == _TRACKS
        for track in _elements(content, parts, tracks.start, tracks.end)
        if track.kind == _TRACK
    ]
    return _largest(sizes)


def _webm_track_size(content: bytes, parts: Iterator[int], track: Part) -> tuple[int, int]:
    numbers = {
        each.kind: int.from_bytes(content[each.start : min(each.end, each.start + 8)], "big")
        for video in _elements(content, parts, track.start, track.end)
        if video.kind == _VIDEO
        for each in _elements(content, parts, video.start, video.end)
        if each.kind in {_WIDTH, _HEIGHT}
    }
    return numbers.get(_WIDTH, 0), numbers.get(_HEIGHT, 0)


def _largest(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    if not width or not height:
        raise BrokenVideo("it has no moving picture in it")
    return width, height


def _boxes(content: bytes, parts: Iterator[int], start: int, end: int) -> Iterator[Part]:
    """Each box up to the end, at which the last one must end. ``parts``: as many as may still be read."""
    for _ in parts:
        if start == end:
            return
        if end - start < _BOX_HEADER:
            raise BrokenVideo("it is cut off")
        size, kind = struct.unpack_from(">I4s", content, start)
        begin = start + _BOX_HEADER
        if size == 1 and end - begin >= _LARGE_SIZE:  # a large box has its size after its kind
            (size,) = struct.unpack_from(">Q", content, begin)
            begin += _LARGE_SIZE
        elif size == 0:  # the last one, which ends with the file
            size = end - start
        if size < begin - start or start + size > end:
            raise BrokenVideo("it is cut off")
        yield Part(kind, begin, start + size)
        start += size
    raise BrokenVideo(f"it is in more than {MAX_PARTS:,} pieces")


def _elements(content: bytes, parts: Iterator[int], start: int, end: int) -> Iterator[Part]:
    """Each element up to the end. One of unknown size, as in live recordings, extends to the end. ``parts``: as many as
    may still be read."""
    for _ in parts:
        if start >= end:
            return
        kind, begin = _variable(content, start, end, keep_length=True)
        size, begin = _variable(content, begin, end, keep_length=False)
        if size is None:
            yield Part(kind or 0, begin, end)
            return
        if begin + size > end:
            raise BrokenVideo("it is cut off")
        yield Part(kind or 0, begin, begin + size)
        start = begin + size
    raise BrokenVideo(f"it is in more than {MAX_PARTS:,} pieces")


def _variable(content: bytes, start: int, end: int, *, keep_length: bool) -> tuple[int | None, int]:
    """A number of one to eight bytes and its end; None when all bits are set, which means unknown. An element's id
    includes the bit that tells its length."""
    first = content[start] if start < end else 0
    length = 9 - first.bit_length()
    if not first or length > _LONGEST_NUMBER or start + length > end:
        raise BrokenVideo("it is cut off")
    number = int.from_bytes(content[start : start + length], "big")
    if keep_length:
        return number, start + length
    number &= (1 << 7 * length) - 1
    return (None if number == (1 << 7 * length) - 1 else number), start + length
