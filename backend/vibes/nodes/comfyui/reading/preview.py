"""Checks a preview before browsers get it: its format and its size on the screen."""

import struct

LARGEST_PREVIEW = 2 * 2**20
"""Bytes; larger previews are dropped. ComfyUI fits them into 512 px; a good JPEG of the largest side let through has 1
MB."""
_LONGEST_SIDE = 2048

_PNG_HEAD = struct.Struct(">8sI4sII")
_PNG_SIGNATURE, _IHDR_BYTES = b"\x89PNG\r\n\x1a\n", 13
_JPEG_START = b"\xff\xd8"
_JPEG_SEGMENT = struct.Struct(">BBH")
_JPEG_FRAME = struct.Struct(">BHH")
"""Precision, height and width in a JPEG's frame header."""
_BASELINE = frozenset({0xC0, 0xC1})
"""Frame types of JPEGs whose decoding cost follows from their size. A progressive one may hold any number of scans."""
_OTHER_FRAMES = frozenset(range(0xC2, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_MOST_SEGMENTS = 64


def preview_type(image: bytes) -> str | None:
    """The media type by the image's own header; None for what no browser should decode."""
    if len(image) > LARGEST_PREVIEW:
        return None
    if image.startswith(_JPEG_START):
        return "image/jpeg" if _fits(_jpeg_size(image)) else None
    return "image/png" if _fits(_png_size(image)) else None


def _fits(size: tuple[int, int] | None) -> bool:
    return size is not None and all(0 < side <= _LONGEST_SIDE for side in size)


def _png_size(image: bytes) -> tuple[int, int] | None:
    if len(image) < _PNG_HEAD.size:
        return None
    signature, length, name, width, height = _PNG_HEAD.unpack_from(image)
    whole = (signature, length, name) == (_PNG_SIGNATURE, _IHDR_BYTES, b"IHDR")
    return (width, height) if whole else None


def _jpeg_size(image: bytes) -> tuple[int, int] | None:
    """Width and height, found by walking its segments up to the frame header; None without one."""
    place = len(_JPEG_START)
    for _ in range(_MOST_SEGMENTS):
        if place + _JPEG_SEGMENT.size + _JPEG_FRAME.size > len(image):
            return None
        lead, kind, length = _JPEG_SEGMENT.unpack_from(image, place)
        if lead != 0xFF or kind in _OTHER_FRAMES or kind == _SCAN:  # noqa: PLR2004 - every segment begins with it
            return None
        if kind in _BASELINE:
            _, height, width = _JPEG_FRAME.unpack_from(image, place + _JPEG_SEGMENT.size)
            return width, height
        place += 2 + length
    return None
