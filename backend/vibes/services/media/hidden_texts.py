"""A text in the lowest bits of a picture's transparency, or of its colours: NovelAI and an extension of A1111 (Stealth
PNGinfo, ``add_data``) hide it there, where it outlives what takes texts out of files."""

import zlib

from PIL import Image

from vibes.services.media.image_codec import BrokenPicture, decode

MAX_TEXT_BYTES = 2 * 2**20
_FORMATS = ("PNG", "WEBP")
_HEADS = {"A": (b"stealth_pngcomp", b"stealth_pnginfo"), "RGB": (b"stealth_rgbcomp", b"stealth_rgbinfo")}
"""By the channels: what a packed text begins with, and a plain one."""
_HEAD_BYTES = 15
_LENGTH_BYTES = 4
"""The number of bits that follow, as a big-endian number."""
_START = _HEAD_BYTES + _LENGTH_BYTES
_GZIP = 16 + zlib.MAX_WBITS
_AS_DIGITS = bytes(b"01"[byte & 1] for byte in range(256))


def may_hide_text(content: bytes) -> bool:
    """Whether it is worth decoding: a PNG of colours in 8 bits, or a WebP without loss or with transparency."""
    if content.startswith(b"\x89PNG"):
        return content[24:26] in {b"\x08\x02", b"\x08\x06"}  # without and with alpha (PNG, third edition, 11.2.1)
    return content[8:12] == b"WEBP" and content[12:16] in {b"VP8L", b"VP8X"}


def hidden_text(content: bytes) -> str | None:
    """None where there is none, or it is damaged."""
    try:
        picture = decode(content, _FORMATS)
    except BrokenPicture:
        return None
    if picture.mode not in {"RGB", "RGBA"}:
        return None
    channels = ("A", "RGB") if picture.mode == "RGBA" else ("RGB",)
    return next((text for each in channels if (text := _text_in(picture, each)) is not None), None)


def _text_in(picture: Image.Image, channels: str) -> str | None:
    head, size = _begin(picture, channels)
    packed, plain = _HEADS[channels]
    if head not in {packed, plain} or not 0 < size <= MAX_TEXT_BYTES:
        return None
    body = _bytes_in(picture, channels, _START + size)[_START:]
    if len(body) < size:
        return None
    text = _unpacked(body) if head == packed else body
    return None if text is None else text.decode("utf-8", "replace")


def _begin(picture: Image.Image, channels: str) -> tuple[bytes, int]:
    """Its first word, and the number of bytes that are said to follow."""
    begin = _bytes_in(picture, channels, _START)
    return begin[:_HEAD_BYTES], int.from_bytes(begin[_HEAD_BYTES:], "big") // 8


def _bytes_in(picture: Image.Image, channels: str, size: int) -> bytes:
    """The first bytes in the lowest bits of these channels, column by column, of red, green and blue in turn; fewer
    where the picture ends before."""
    columns = min(picture.width, -(-size * 8 // (picture.height * len(channels))))
    part = picture.crop((0, 0, columns, picture.height))
    part = part.getchannel("A") if channels == "A" else part.convert("RGB")
    # Turned round, the columns are what stands in memory one after the other.
    return _bytes_of(part.transpose(Image.Transpose.TRANSPOSE).tobytes()[: size * 8])


def _bytes_of(lowest_bits: bytes) -> bytes:
    digits = lowest_bits[: len(lowest_bits) // 8 * 8].translate(_AS_DIGITS)
    return int(digits, 2).to_bytes(len(digits) // 8, "big") if digits else b""


def _unpacked(body: bytes) -> bytes | None:
    try:
        text = zlib.decompressobj(_GZIP).decompress(body, MAX_TEXT_BYTES + 1)
    except zlib.error:
        return None
    return text if len(text) <= MAX_TEXT_BYTES else None
