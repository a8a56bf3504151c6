"""The cost of decoding a picture, read from its first bytes without decoding anything."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vibes.documents.png_chunks import PNG_SIGNATURE
from vibes.documents.still_headers import first_page, size_of_avif, size_of_bmp

MAX_PIXELS = 64_000_000
"""Most pixels of a picture, generated or uploaded."""

MAX_PIXEL_SCANS = 20 * MAX_PIXELS
"""Most pixels × scans. A progressive JPEG draws all its pixels once for each scan. Cameras and editors write about ten;
a file of 250 kB can hold thousands, each of which takes a tenth of a second for a large picture."""

LEAST_PIXELS_A_SCAN = 16_384
"""A scan of a tiny picture takes as long as one of so many pixels."""

_SEGMENT_HEAD = 4
"""Bytes of the marker and the length (ITU T.81, B.1.1.4)."""
MAX_SEGMENTS = 100_000
"""Most segments of a JPEG, far more than programs write, which can be read quickly."""

MAX_GIF_PIECES = 1_000_000
"""Most blocks of a GIF with the pieces of up to 255 bytes in them, of which programs fill all but the last."""

_BYTES_A_PIXEL = 12
"""Decoded 4, turned or converted 4, encoded again 4: the most memory of a picture while it is handled."""
_BYTES_OF_PROGRESSIVE = 6
"""In addition: a progressive JPEG keeps the coefficients of all its parts, 2 bytes each, until its last scan."""
_BYTES_OF_WEBP = 8
"""In addition: two canvases for animations, 4 bytes each."""
_BYTES_OF_AVIF = 8
"""In addition: up to 12 bits a channel are decoded into 2 bytes each before they become 8."""

_WINDOW = 1 << 18
"""Bytes searched at a time, during which no other thread can run."""
_JPEG_START = b"\xff\xd8"
_GIF_STARTS = (b"GIF87a", b"GIF89a")
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The next JPEG marker, after compressed data and fill bytes; restarts within a scan do not count."""
GIF_END, GIF_EXTENSION, _GIF_FRAME = 0x3B, 0x21, 0x2C
_GIF_BLOCKS = frozenset({GIF_END, GIF_EXTENSION, _GIF_FRAME})
_START_OF_SCAN, _END, _TEMPORARY = 0xDA, 0xD9, 0x01
_FRAME_HEADERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})


class UnreadableHeader(Exception):
    """It has too many parts to be an honest picture."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """The declared size, how often its pixels are drawn, and the memory for each."""

    width: int
    height: int
    scans: int = 1
    bytes_a_pixel: int = _BYTES_A_PIXEL

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def pixel_scans(self) -> int:
        """The time of decoding, as a number of pixels drawn once."""
        return max(self.pixels, LEAST_PIXELS_A_SCAN) * self.scans


def read_header(content: bytes) -> PictureHeader | None:
    """None when it is no PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF, or cut before its size is said. Raises
    UnreadableHeader."""
    try:
        if content.startswith(PNG_SIGNATURE):
            width, height = struct.unpack_from(">II", content, 16)
            return PictureHeader(width, height)
        if content.startswith(_JPEG_START):
            return _of_jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _of_webp(content)
        if content.startswith(_GIF_STARTS):
            return _of_gif(content)
        return _of_other(content)
    except (struct.error, IndexError):
        return None


def _of_other(content: bytes) -> PictureHeader | None:
    """Raises struct.error."""
    if size := size_of_avif(content):
        return PictureHeader(*size, bytes_a_pixel=_BYTES_A_PIXEL + _BYTES_OF_AVIF)
    page = first_page(content)
    size = page.size if page else size_of_bmp(content)
    return size and PictureHeader(*size)


def tells_at_once(content: bytes) -> bool:
    """Whether the header is at the beginning; a JPEG must be read to its end, since each scan has one, and a GIF to its
    first frame."""
    return not content.startswith((_JPEG_START, *_GIF_STARTS))


def memory_needed(content: bytes) -> int:
    """Most bytes of memory while the picture is decoded, changed and encoded again; 0 for one that will be refused."""
    try:
        header = read_header(content)
    except UnreadableHeader:
        return 0
    refused = header is None or header.pixels > MAX_PIXELS or header.pixel_scans > MAX_PIXEL_SCANS
    return 0 if header is None or refused else header.pixels * header.bytes_a_pixel


def jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """What stands before the pixels of a JPEG, as far as it is there: each segment's marker, and what it holds."""
    for count, (marker, position) in enumerate(jpeg_markers(content)):
        is_cut = marker != _TEMPORARY and position + _SEGMENT_HEAD > len(content)
        if marker == _START_OF_SCAN or count > MAX_SEGMENTS or is_cut:
            return
        if marker != _TEMPORARY:
            (length,) = struct.unpack_from(">H", content, position + 2)
            yield marker, content[position + _SEGMENT_HEAD : position + 2 + length]


def whole_gif(content: bytes) -> bool:
    """Whether it goes on, block after block, to the one that says that it ends (GIF89a, appendix B). Raises
    UnreadableHeader."""
    try:
        return any(kind == GIF_END for kind, _ in gif_blocks(content))
    except IndexError:
        return False


def _of_gif(content: bytes) -> PictureHeader:
    """Its first frame may be larger than the canvas that it announces, which is then enlarged."""
    width, height = struct.unpack_from("<HH", content, 6)
    for kind, position in gif_blocks(content):
        if kind == _GIF_FRAME:
            left, top, its_width, its_height = struct.unpack_from("<HHHH", content, position + 1)
            return PictureHeader(max(width, left + its_width), max(height, top + its_height))
    return PictureHeader(width, height)


def gif_blocks(content: bytes) -> Iterator[tuple[int, int]]:
    """Each block's kind and place, to its end or to what is none. IndexError where it is cut off."""
    position = 13 + _colours(content[10])
    pieces = 0
    while (kind := content[position]) in _GIF_BLOCKS:
        yield kind, position
        if kind == GIF_END:
            return
        position += 2 if kind == GIF_EXTENSION else 11 + _colours(content[position + 9])
        length = 1
        while length:  # a piece of no bytes is the last of its block
            length = content[position]
            position += 1 + length
            pieces += 1
            if pieces > MAX_GIF_PIECES:
                raise UnreadableHeader(f"it is in more than {MAX_GIF_PIECES:,} pieces")


def _colours(flags: int) -> int:
    """Bytes of the table of colours that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _of_jpeg(content: bytes) -> PictureHeader | None:
    width = height = scans = 0
    bytes_a_pixel = _BYTES_A_PIXEL
    for count, (marker, position) in enumerate(jpeg_markers(content)):
        if count > MAX_SEGMENTS:
            raise UnreadableHeader(f"it is in more than {MAX_SEGMENTS:,} pieces")
        if marker in _FRAME_HEADERS:
            its_height, its_width = struct.unpack_from(">HH", content, position + 5)
            width, height = max(width, its_width), max(height, its_height)
            if marker in _PROGRESSIVE:
                bytes_a_pixel = _BYTES_A_PIXEL + _BYTES_OF_PROGRESSIVE
        elif marker == _START_OF_SCAN:
            scans += 1
            if max(width * height, LEAST_PIXELS_A_SCAN) * scans > MAX_PIXEL_SCANS:
                break  # too many already: the exact number does not matter
    return PictureHeader(width, height, max(scans, 1), bytes_a_pixel) if width and height else None


def jpeg_markers(content: bytes) -> Iterator[tuple[int, int]]:
    """Each marker's code and place, in a decoder's order."""
    position = len(_JPEG_START)
    while (found := _next_marker(content, position)) is not None:
        marker = content[found + 1]
        if marker == _END:
            return
        yield marker, found
        if marker == _TEMPORARY:
            position = found + 2
        else:
            (length,) = struct.unpack_from(">H", content, found + 2)
            position = found + 2 + max(length, 2)


def _next_marker(content: bytes, position: int) -> int | None:
    while position < len(content):
        if found := _MARKER.search(content, position, position + _WINDOW + 1):
            return found.start()
        position += _WINDOW
    return None


def _of_webp(content: bytes) -> PictureHeader | None:
    kind = content[12:16]
    if kind == b"VP8X":  # 24 bits each, less one; an animation has one canvas for all its frames
        width = int.from_bytes(content[24:27], "little") + 1
        height = int.from_bytes(content[27:30], "little") + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        return None
    return PictureHeader(width, height, bytes_a_pixel=_BYTES_A_PIXEL + _BYTES_OF_WEBP)
