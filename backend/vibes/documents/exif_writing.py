"""Writes a text into the EXIF of a JPEG or WebP that has none, where programs look for what a picture was made with.

It is the user's comment (Exif 2.32, 4.6.5) in UTF-16 with the higher byte first, as A1111 writes it, and Civitai and
others read it. All bytes of pixels and colours stay.
"""

import struct

from vibes.documents.exif_texts import EXIF_START, USER_COMMENT, has_exif
from vibes.documents.image_header import jpeg_markers, read_header

_FURTHER_TABLE, _LONG, _UNDEFINED = 0x8769, 4, 7
_TIFF_BYTES, _TABLE_BYTES = 8, 2 + 12 + 4
"""Of the header, and of a table with one entry."""
_UNICODE = b"UNICODE\0"
_JPEG_START, _APP0, _APP1 = b"\xff\xd8", 0xE0, 0xE1
_MOST_BYTES = 0xFFFF - 2
"""In a segment of a JPEG."""
_WEBP_EXIF, _WEBP_ALPHA = 0x08, 0x10
"""Flags of the VP8X chunk (RFC 9649, section 2.7)."""
_FIRST_CHUNK = 12
_LOSSLESS_ALPHA = 1 << 28
"""Of the four bytes that begin a lossless picture after its signature (RFC 9649, section 3.4)."""


def with_user_comment(content: bytes, text: str) -> bytes:
    """The same picture with this comment; unchanged where it has EXIF already, where the text is longer than EXIF may
    be, and of any other type."""
    exif = _exif(_UNICODE + text.encode("utf-16-be", "replace"))
    if has_exif(content) or len(EXIF_START) + len(exif) > _MOST_BYTES:
        return content
    if content.startswith(_JPEG_START):
        return _jpeg(content, exif)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content, exif)
    return content


def _exif(comment: bytes) -> bytes:
    """Two tables of one entry each: the first one says where the second is, and that where the comment is."""
    further = _TIFF_BYTES + _TABLE_BYTES
    place = further + _TABLE_BYTES
    first = struct.pack(">HHHIII", 1, _FURTHER_TABLE, _LONG, 1, further, 0)
    second = struct.pack(">HHHIII", 1, USER_COMMENT, _UNDEFINED, len(comment), place, 0)
    return struct.pack(">2sHI", b"MM", 42, _TIFF_BYTES) + first + second + comment


def _jpeg(content: bytes, exif: bytes) -> bytes:
    """After the segment of JFIF, which comes first where there is one."""
    marker, place = next(jpeg_markers(content), (0, 0))
    if marker == _APP0 and place == len(_JPEG_START):
        (length,) = struct.unpack_from(">H", content, place + 2)
        start = place + 2 + length
    else:
        start = len(_JPEG_START)
    body = EXIF_START + exif
    return content[:start] + struct.pack(">BBH", 0xFF, _APP1, 2 + len(body)) + body + content[start:]


def _webp(content: bytes, exif: bytes) -> bytes:
    """At its end, announced by the chunk that must come first then."""
    header, kind = read_header(content), content[_FIRST_CHUNK : _FIRST_CHUNK + 4]
    if header is None:
        return content
    if kind == b"VP8X":
        flags = content[_FIRST_CHUNK + 8] | _WEBP_EXIF
        extended = content[_FIRST_CHUNK : _FIRST_CHUNK + 8] + bytes([flags])
        rest = content[_FIRST_CHUNK + 9 :]
    else:
        lossless = kind == b"VP8L" and struct.unpack_from("<I", content, _FIRST_CHUNK + 9)[0] & _LOSSLESS_ALPHA
        flags = _WEBP_EXIF | (_WEBP_ALPHA if lossless else 0)
        sides = b"".join((side - 1).to_bytes(3, "little") for side in (header.width, header.height))
        extended = struct.pack("<4sIB3x", b"VP8X", 10, flags) + sides
        rest = content[_FIRST_CHUNK:]
    chunk = struct.pack("<4sI", b"EXIF", len(exif)) + exif + b"\0" * (len(exif) % 2)
    body = b"WEBP" + extended + rest + chunk
    return struct.pack("<4sI", b"RIFF", len(body)) + body
