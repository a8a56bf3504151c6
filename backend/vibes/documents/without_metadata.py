"""A picture without what it was made with: only chunks of metadata go, all bytes of pixels and colours stay.

What is kept is named, so that a chunk nobody has heard of goes, too. Of EXIF only which side is up stays, where it is
not the usual one: the picture would be shown turned without it.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise

from vibes.documents.exif_texts import exif_orientation
from vibes.documents.image_header import GIF_END, GIF_EXTENSION, UnreadableHeader, gif_blocks, jpeg_markers
from vibes.documents.png_chunks import PNG_SIGNATURE, BrokenChunks, unverified_chunks

_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"}
    | {b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"}
)
_WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
"""Flags of the VP8X chunk (RFC 9649, section 2.7)."""
_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_EXIF_START, _PROFILE_START = b"Exif\0\0", b"ICC_PROFILE\0"
_COM, _APP0, _APP1, _APP2, _APP14, _APP15 = 0xFE, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_TEMPORARY = 0x01
_GIF_COMMENT, _GIF_APPLICATION = 0xFE, 0xFF
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
"""Applications: how often an animation is repeated, and the colour profile."""


class MetadataStays(Exception):
    """The file is damaged, or of a type whose metadata cannot be told from the rest."""


def without_metadata(content: bytes) -> bytes:
    """The same picture; a PNG, JPEG, WebP or GIF. Raises MetadataStays for videos and where the file is damaged."""
    strip = next((each for start, each in _STRIPPERS.items() if content.startswith(start)), None)
    if strip is None:
        raise MetadataStays("metadata can be left out of PNG, JPEG, WebP and GIF, not out of videos")
    try:
        return strip(content)
    except (BrokenChunks, UnreadableHeader, struct.error, IndexError, ValueError) as error:
        raise MetadataStays(f"it is damaged: {error}") from error


def _png(content: bytes) -> bytes:
    pieces = [PNG_SIGNATURE]
    for chunk in unverified_chunks(content):
        if chunk.kind in _PNG_KEPT:
            pieces.append(content[chunk.start : chunk.end])
        elif chunk.kind == b"eXIf" and (upright := _upright(content[chunk.start + 8 : chunk.end - 4])):
            checked = b"eXIf" + upright
            pieces.append(struct.pack(">I", len(upright)) + checked + struct.pack(">I", zlib.crc32(checked)))
    return b"".join(pieces)


def _jpeg(content: bytes) -> bytes:
    pieces, kept_to, end = [_JPEG_START], len(_JPEG_START), len(_JPEG_START)
    for marker, position in jpeg_markers(content):
        (length,) = (0,) if marker == _TEMPORARY else struct.unpack_from(">H", content, position + 2)
        end = position + 2 + length
        body = content[position + 4 : end]
        if _is_kept_segment(marker, body):
            continue
        pieces.append(content[kept_to:position])
        upright = _upright(body.removeprefix(_EXIF_START)) if body.startswith(_EXIF_START) else b""
        if upright:
            pieces.append(struct.pack(">BBH", 0xFF, marker, 8 + len(upright)) + _EXIF_START + upright)
        kept_to = end
    last = content.find(_JPEG_END, end)
    if last < 0:
        raise ValueError("it is cut off")
    pieces.append(content[kept_to : last + 2])  # further pictures and texts may follow
    return b"".join(pieces)


def _is_kept_segment(marker: int, body: bytes) -> bool:
    if marker == _APP2:
        return body.startswith(_PROFILE_START)
    return marker != _COM and (marker in {_APP0, _APP14} or not _APP0 <= marker <= _APP15)


def _webp(content: bytes) -> bytes:
    kept: list[bytes] = []
    has_exif = False
    for kind, chunk in _riff(content):
        if kind in _WEBP_KEPT:
            kept.append(chunk)
        elif kind == b"EXIF" and not has_exif and (upright := _upright(chunk[8:].removeprefix(_EXIF_START))):
            kept.append(b"EXIF" + struct.pack("<I", len(upright)) + upright)
            has_exif = True
    if kept and kept[0].startswith(b"VP8X"):
        flags = kept[0][8] & ~_WEBP_XMP & ~(0 if has_exif else _WEBP_EXIF)
        kept[0] = kept[0][:8] + bytes([flags]) + kept[0][9:]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk's kind, and the whole of it."""
    if content[8:12] != b"WEBP":
        raise ValueError("it is no WebP")
    (size,) = struct.unpack_from("<I", content, 4)
    end = 8 + size
    if end > len(content):
        raise ValueError("it is cut off")
    start = 12
    while start + 8 <= end:
        kind, length = struct.unpack_from("<4sI", content, start)
        after = start + 8 + length + length % 2
        if start + 8 + length > end:
            raise ValueError("it is cut off")
        yield kind, content[start:after]
        start = after


def _gif(content: bytes) -> bytes:
    blocks = list(gif_blocks(content))
    if not blocks or blocks[-1][0] != GIF_END:
        raise ValueError("it is cut off")
    pieces = [content[: blocks[0][1]]]
    for (kind, start), (_, after) in pairwise(blocks):
        if kind != GIF_EXTENSION or _is_kept_extension(content, start):
            pieces.append(content[start:after])
    return b"".join([*pieces, content[blocks[-1][1] : blocks[-1][1] + 1]])


def _is_kept_extension(content: bytes, start: int) -> bool:
    label = content[start + 1]
    if label == _GIF_APPLICATION:
        return content.startswith(_GIF_KEPT, start + 3)
    return label != _GIF_COMMENT


def _upright(exif: bytes) -> bytes:
    """EXIF that says which side is up and nothing else; empty where it is the usual one."""
    orientation = exif_orientation(exif)
    return b"" if orientation == 1 else struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)


_STRIPPERS: dict[bytes | tuple[bytes, ...], Callable[[bytes], bytes]] = {
    PNG_SIGNATURE: _png,
    _JPEG_START: _jpeg,
    b"RIFF": _webp,
    (b"GIF87a", b"GIF89a"): _gif,
}
"""By what a file begins with."""
