"""A text in the lowest bits of a picture's transparency: NovelAI and an extension of A1111 hide it there, where it
outlives what takes texts out of files."""

import zlib

from PIL import Image

from vibes.services.media.image_codec import BrokenPicture, decode

MAX_TEXT_BYTES = 2 * 2**20
_FORMATS = ("PNG", "WEBP")
_PACKED, _PLAIN = b"stealth_pngcomp", b"stealth_pnginfo"
_LENGTH_BYTES = 4
"""The number of bits that follow, as a big-endian number."""
_START = len(_PACKED) + _LENGTH_BYTES
_GZIP = 16 + zlib.MAX_WBITS
_AS_DIGITS = bytes(b"01"[byte & 1] for byte in range(256))


def may_hide_text(content: bytes) -> bool:
    """Whether it is worth decoding: a PNG with transparency, or a WebP without loss or with it."""
    if content.startswith(b"\x89PNG"):
        return content[24:26] == b"\x08\x06"  # 8 bits of red, green, blue and alpha (PNG, third edition, 11.2.1)
    return content[8:12] == b"WEBP" and content[12:16] in {b"VP8L", b"VP8X"}


def hidden_text(content: bytes) -> str | None:
    """None where there is none, or it is damaged."""
    try:
        picture = decode(content, _FORMATS)
    except BrokenPicture:
        return None
    if picture.mode != "RGBA":
        return None
    # Column by column, one bit a pixel: turned round, the columns are what stands in memory one after the other.
    alpha = picture.getchannel("A").transpose(Image.Transpose.TRANSPOSE).tobytes()
    head = _bytes_of(alpha[: _START * 8])
    if not head.startswith((_PACKED, _PLAIN)):
        return None
    size = int.from_bytes(head[len(_PACKED) :], "big") // 8
    if not 0 < size <= MAX_TEXT_BYTES or (_START + size) * 8 > len(alpha):
        return None
    body = _bytes_of(alpha[_START * 8 : (_START + size) * 8])
    text = _unpacked(body) if head.startswith(_PACKED) else body
    return None if text is None else text.decode("utf-8", "replace")


def _bytes_of(lowest_bits: bytes) -> bytes:
    digits = lowest_bits.translate(_AS_DIGITS)
    return int(digits, 2).to_bytes(len(digits) // 8, "big") if digits else b""


def _unpacked(body: bytes) -> bytes | None:
    try:
        text = zlib.decompressobj(_GZIP).decompress(body, MAX_TEXT_BYTES + 1)
    except zlib.error:
        return None
    return text if len(text) <= MAX_TEXT_BYTES else None
