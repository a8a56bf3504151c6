"""The declared size of BMP, TIFF and AVIF pictures, read from their first bytes without decoding anything."""

import re
import struct
from typing import NamedTuple

MAX_TIFF_ENTRIES = 1_000
"""Most entries of a TIFF's directory; programs write about twenty, cameras some hundred."""

_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_AVIF_META_BYTES = 1 << 18
"""Where an AVIF tells its size; its pixels follow behind."""
_SPATIAL_EXTENT = re.compile(rb"\0\0\0\x14ispe\0\0\0\0")

_OLD_BMP_HEADER = 12
_WIDTH, _HEIGHT, _SUBFILE, _DNG = 256, 257, 254, 50706
_SHORT, _LONG, _BYTE = 3, 4, 1
_REDUCED = 1


class Size(NamedTuple):
    width: int
    height: int


class TiffPage(NamedTuple):
    """The first page of a TIFF."""

    size: Size | None
    of_a_camera: bool
    """It is a small preview, as in the raw files of cameras, whose pixels are elsewhere."""


def size_of_bmp(content: bytes) -> Size | None:
    """None when it is none. Raises struct.error when it is cut before its size is said."""
    if not content.startswith(b"BM"):
        return None
    (header_bytes,) = struct.unpack_from("<I", content, 14)
    if header_bytes == _OLD_BMP_HEADER:
        return Size(*struct.unpack_from("<HH", content, 18))
    width, height = struct.unpack_from("<ii", content, 18)
    return Size(abs(width), abs(height))  # rows from the top down have a negative height


def size_of_avif(content: bytes) -> Size | None:
    """The largest of its pictures, since small ones may be tiles or its transparency. None when it is none."""
    if not is_avif(content):
        return None
    found = [
        Size(*struct.unpack_from(">II", content, match.end()))
        for match in _SPATIAL_EXTENT.finditer(content, 0, _AVIF_META_BYTES)
    ]
    return max(found, key=lambda size: size.width * size.height, default=None)


def is_avif(content: bytes) -> bool:
    """By its brands (ISO/IEC 14496-12, 4.3)."""
    return content[4:8] == b"ftyp" and not _AVIF_BRANDS.isdisjoint(brands_of(content))


def brands_of(content: bytes) -> list[bytes]:
    """What the file says that it is, its own word first."""
    end = min(int.from_bytes(content[:4], "big"), 256)
    return [content[start : start + 4] for start in (8, *range(16, end, 4))]


def first_page(content: bytes) -> TiffPage | None:
    """Of a TIFF (TIFF 6.0, section 2). None when it is none. Raises struct.error when it is cut before it."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(content[:4])
    if order is None:
        return None
    (start,) = struct.unpack_from(f"{order}I", content, 4)
    (count,) = struct.unpack_from(f"{order}H", content, start)
    told: dict[int, int] = {}
    for index in range(min(count, MAX_TIFF_ENTRIES)):
        place = start + 2 + 12 * index
        tag, kind = struct.unpack_from(f"{order}HH", content, place)
        form = {_SHORT: "H", _LONG: "I", _BYTE: "B"}.get(kind)
        if form is not None:
            told.setdefault(tag, struct.unpack_from(f"{order}{form}", content, place + 8)[0])
    size = Size(told[_WIDTH], told[_HEIGHT]) if _WIDTH in told and _HEIGHT in told else None
    raw = _DNG in told or told.get(_SUBFILE) == _REDUCED or content[8:10] == b"CR"
    return TiffPage(size, raw)
