"""Pictures as bytes: decoded only after their header was checked, and converted as needed."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from vibes.documents.image_header import MAX_PIXEL_SCANS, MAX_PIXELS, read_header
from vibes.documents.png_chunks import PNG_SIGNATURE, is_animated, pixels_alone
from vibes.services.media.eight_bits import eight_bit, opaque, orientation, upright

UPLOAD_FORMATS = ("PNG", "JPEG", "WEBP")
KEPT_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""Formats of pictures from nodes that are kept."""
_OTHER_FORMATS = ("BMP", "TIFF")

THUMBNAIL_SIDE = 256
THUMBNAIL_QUALITY = 85

_READ_AS_THEY_ARE = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
"""Modes that ComfyUI's LoadImage reads correctly; it makes 16-bit grey white."""

warnings.filterwarnings("ignore", module=r"PIL\.")  # about unreadable metadata, which is not used


class BrokenPicture(Exception):
    """The bytes are no complete, harmless picture; the text says what is wrong."""


class TooManyPixels(BrokenPicture):
    """It has too many pixels to be decoded, although it may be complete."""


def decode(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The first picture of the file, decoded. Its header is read first, so that costly ones are refused before
    decoding.

    A PNG is read without its texts and colour profile, which could unpack to any size. Raises BrokenPicture, also when
    the content is of none of these formats.
    """
    with _told_as_broken():
        _require_harmless(content)
        plain = pixels_alone(content) if _is_png(content) else content
        try:
            picture = Image.open(io.BytesIO(plain), formats=formats)
        except UnidentifiedImageError as error:
            raise BrokenPicture(f"it is no {' or '.join(formats)} picture") from error
        _require_pixels(picture.width, picture.height)
        picture.load()
    return picture


def other_format(content: bytes) -> str | None:
    """The format of a picture that the hub does not keep, by its header; None when it is no known one."""
    try:
        with _told_as_broken(), Image.open(io.BytesIO(content), formats=_OTHER_FORMATS) as envelope:
            return envelope.format
    except BrokenPicture:
        return None


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height from the header of a picture that was checked before. Raises BrokenPicture."""
    header = read_header(png)
    if header is None:
        raise BrokenPicture("it is no picture any more")
    return header.width, header.height


def normalised(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """An upload as a plain 8-bit PNG, and its size: turned upright, the first picture of an animation, no metadata.

    Raises BrokenPicture.
    """
    with _told_as_broken():
        plain = eight_bit(upright(decode(content, UPLOAD_FORMATS)))
        return _as_png(plain), plain.size


def for_node(content: bytes, size: tuple[int, int] | None, *, mask: bool) -> bytes:
    """A stored picture in a form that nodes can read, covering exactly this size, cropped where the shape differs.

    An unchanged PNG where it fits and every node would read it correctly. A mask stays black and white: its edges are
    not smoothed. Colours under alpha 0 stay, since a node may use them. Raises BrokenPicture.
    """
    with _told_as_broken():
        picture = decode(content, KEPT_FORMATS)
        plain = _is_png(content) and picture.mode in _READ_AS_THEY_ARE and orientation(picture) == 1
        if plain and not is_animated(content) and (size is None or size == picture.size):
            return content
        whole = eight_bit(upright(picture))
        return _as_png(whole if size is None or size == whole.size else _fitted(whole, size, mask=mask))


def shown_by_mask(mask: bytes, size: tuple[int, int]) -> Image.Image:
    """What a mask shows of a picture of this size, fitted to it as `for_node` does: white on black. As ComfyUI's
    LoadImageMask does it counts the red under any alpha. Raises BrokenPicture."""
    with _told_as_broken():
        whole = eight_bit(upright(decode(mask, KEPT_FORMATS)))
        fitting = whole if size == whole.size else _fitted(whole, size, mask=True)
        return fitting.getchannel("R")


class Looked(NamedTuple):
    """What is kept with a picture: its visible size, and a small JPEG."""

    width: int
    height: int
    thumbnail: bytes


def look_at(content: bytes) -> Looked:
    """Decode every pixel, of an animation those of the first picture, and verify every checksum of a PNG. Raises
    BrokenPicture."""
    with _told_as_broken():
        picture = upright(decode(content, KEPT_FORMATS))
        return Looked(picture.width, picture.height, _thumbnail(picture))


def _thumbnail(picture: Image.Image) -> bytes:
    """At most `THUMBNAIL_SIDE` pixels each way; changes the picture."""
    small = eight_bit(picture)
    # Reducing by a whole factor first takes a quarter of the time; with more to do it is closer to Lanczos, else 2 dB
    # off.
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BILINEAR, reducing_gap=1.0)
    encoded = io.BytesIO()
    opaque(small).save(encoded, "JPEG", quality=THUMBNAIL_QUALITY)
    return encoded.getvalue()


def _fitted(picture: Image.Image, size: tuple[int, int], *, mask: bool) -> Image.Image:
    method = Image.Resampling.NEAREST if mask else Image.Resampling.LANCZOS
    if picture.mode != "RGBA":
        return ImageOps.fit(picture, size, method)
    fitted = ImageOps.fit(picture.convert("RGB"), size, method)
    fitted.putalpha(ImageOps.fit(picture.getchannel("A"), size, method))
    return fitted


def _is_png(content: bytes) -> bool:
    return content.startswith(PNG_SIGNATURE)


def _as_png(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", compress_level=1)
    return encoded.getvalue()


def _require_harmless(content: bytes) -> None:
    header = read_header(content)
    if header is None:
        return
    _require_pixels(header.width, header.height)
    if header.pixel_scans > MAX_PIXEL_SCANS:
        raise TooManyPixels(
            f"it is a progressive JPEG that paints its {header.width}x{header.height} pixels {header.scans:,} times or "
            "more, which takes too long; save it as an ordinary JPEG or as PNG"
        )


def _require_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise TooManyPixels(f"it has {width}x{height} pixels, more than {MAX_PIXELS:,}")


@contextmanager
def _told_as_broken() -> Iterator[None]:
    """Turn whatever Pillow raises into BrokenPicture: it may fail in any way on malicious bytes."""
    try:
        yield
    except BrokenPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(f"it has more than {MAX_PIXELS:,} pixels") from error
    except MemoryError as error:
        raise TooManyPixels("there is not enough memory to decode it") from error
    except Exception as error:
        raise BrokenPicture(f"it is damaged: {error}") from error
