"""Pictures of every kind that people and programs save, malicious ones too, made for tests."""

import io
import zlib
from pathlib import Path
from struct import pack

from PIL import Image

from tests.fakes import FakeClock
from vibes.media_stores.folder import FolderMediaStore
from vibes.services.media.image_store import ImageStore

PNG_START = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 4, 6
"""Colour types of a PNG."""


def image_store(folder: Path) -> ImageStore:
    """Of pictures in a folder, by a clock that stands still."""
    return ImageStore(FolderMediaStore(folder, FakeClock()))


def chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def png_of(header: bytes, pixels: bytes, *before: bytes, after: bytes = b"") -> bytes:
    """``before`` and ``after``: whole chunks before and behind the pixels, which are packed here."""
    packed = chunk(b"IDAT", zlib.compress(pixels))
    return PNG_START + chunk(b"IHDR", header) + b"".join(before) + packed + after + chunk(b"IEND", b"")


def header(width: int, height: int, *, bits: int = 8, colour_type: int = COLOUR) -> bytes:
    return pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)


def ramp_of_sixteen_bits(colour_type: int, *before: bytes) -> bytes:
    """64 by 64: from black at the left to white at the right, in 16 bits a channel, opaque."""
    channels = {GREY: 1, COLOUR: 3, GREY_ALPHA: 1, COLOUR_ALPHA: 3}[colour_type]
    alpha = b"\xff\xff" if colour_type in {GREY_ALPHA, COLOUR_ALPHA} else b""
    row = b"\0" + b"".join(pack(">H", x * 65535 // 63) * channels + alpha for x in range(64))
    return png_of(header(64, 64, bits=16, colour_type=colour_type), row * 64, *before)


def ramp(mode: str = "L") -> Image.Image:
    """64 by 64: from black at the left to white at the right."""
    row = Image.new("L", (64, 1))
    row.putdata([x * 255 // 63 for x in range(64)])
    grey = row.resize((64, 64))
    match mode:
        case "I;16" | "I;16B":
            wide = Image.frombytes("I;16", (64, 64), b"".join(pack("<H", each * 257) for each in grey.tobytes()))
            return wide if mode == "I;16" else wide.convert("I").convert("I;16B")
        case "I":
            return grey.convert("I").point(lambda value: value * 257)
        case "F":
            return grey.convert("F").point(lambda value: value * (1 / 255))
        case "P":
            return grey.convert("RGB").quantize(256)
        case "PA" | "La" | "RGBa" | "CMYK" | "LAB":
            step = {"PA": "P", "La": "LA", "RGBa": "RGBA"}.get(mode, "RGB")
            return ramp(step).convert(mode)
        case _:
            return grey.convert(mode)


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, kind, **options)
    return encoded.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    picture.load()
    return picture


def levels(picture: Image.Image) -> list[int]:
    """The grey levels at the columns 0, 1, 2, 16, 32, 63 of the top row, as a person sees them."""
    grey = picture.convert("RGBA").convert("L")
    return [int(grey.getpixel((x, 0))) for x in (0, 1, 2, 16, 32, 63)]  # type: ignore[arg-type]  # one band, one number


def progressive(scans: int, *, side: int) -> bytes:
    """A JPEG that ends with so many copies of its last scan, each of which paints the whole picture again."""
    jpeg = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True, quality=50)
    last = jpeg.rfind(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * scans + jpeg[-2:]
