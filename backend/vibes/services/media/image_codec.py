"""Pictures as bytes: decoded only after their header was checked, and converted as needed."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from vibes.documents.image_header import MAX_PIXEL_SCANS, MAX_PIXELS, read_header
from vibes.documents.other_files import CAMERA_RAW, DAMAGED, is_camera_raw, told
from vibes.documents.png_chunks import PNG_SIGNATURE, colour_profile, is_animated, pixels_alone
from vibes.services.media.colours import MAX_PROFILE_BYTES, in_srgb
from vibes.services.media.eight_bits import PAPER, eight_bit, opaque, orientation, upright

UPLOAD_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
KEPT_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""Formats of pictures from nodes that are kept."""
_OTHER_FORMATS = ("BMP", "TIFF")

THUMBNAIL_SIDE = 256
THUMBNAIL_QUALITY = 85

_OPAQUE = 255
_CUT_OFF = ("truncated", "could not create decoder")
"""How Pillow tells that the end of a file is missing; the latter of a WebP."""

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
            what = told(content) or f"no picture that can be read: {', '.join(formats[:-1])} or {formats[-1]}"
            raise BrokenPicture(f"it is {what}") from error
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


class Normalised(NamedTuple):
    """An upload as it is kept: a plain 8-bit PNG, upright, in sRGB, without metadata."""

    png: bytes
    size: tuple[int, int]
    notes: tuple[str, ...]
    """Sentences about what of the file is not in it, or counts otherwise than it looks."""


def normalised(content: bytes) -> Normalised:
    """An upload of any of these formats; the first picture of several. Raises BrokenPicture that says what to do."""
    with _told_as_broken():
        if is_camera_raw(content):
            raise BrokenPicture(f"it is {CAMERA_RAW}")
        picture = decode(content, UPLOAD_FORMATS)
        if _is_png(content):
            picture.info["icc_profile"] = colour_profile(content, MAX_PROFILE_BYTES)
        plain = eight_bit(in_srgb(upright(picture)))
        return Normalised(_as_png(plain), plain.size, tuple(_notes(content, picture, plain)))


def _notes(content: bytes, picture: Image.Image, plain: Image.Image) -> Iterator[str]:
    if is_animated(content) if _is_png(content) else getattr(picture, "is_animated", False):
        if picture.format == "TIFF":
            yield "Only its first page is used."
        elif picture.format != "MPO":  # phones put further versions of a photograph behind it
            yield "Only the first picture of the animation is used."
    if picture.mode == "CMYK" and not picture.info.get("icc_profile"):
        yield "Its printing colours (CMYK) have no profile, so they are guessed."
    if _shows_through(plain):
        yield "Where it is transparent, pictures start from white."


def _shows_through(picture: Image.Image) -> bool:
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (_OPAQUE, _OPAQUE)


def for_node(content: bytes, size: tuple[int, int] | None, *, mask: bool, on_paper: bool = False) -> bytes:
    """A stored picture in a form that nodes can read, covering exactly this size, cropped where the shape differs.

    An unchanged PNG where it fits and every node would read it correctly. A mask stays black and white: its edges are
    not smoothed. Colours under alpha 0 stay, since a node may use them; ``on_paper``: none does, so the picture lies on
    white as people see it. Raises BrokenPicture.
    """
    with _told_as_broken():
        picture = decode(content, KEPT_FORMATS)
        plain = _is_png(content) and picture.mode in _READ_AS_THEY_ARE and orientation(picture) == 1
        shown = on_paper and picture.has_transparency_data and _shows_through(eight_bit(picture.copy()))
        if plain and not shown and not is_animated(content) and (size is None or size == picture.size):
            return content
        whole = eight_bit(upright(picture))
        whole = opaque(whole, PAPER) if shown else whole
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
    except (OSError, SyntaxError) as error:  # as Pillow tells what it misses
        if any(word in str(error).lower() for word in _CUT_OFF):
            raise BrokenPicture(f"it is damaged: {DAMAGED}") from error
        raise BrokenPicture(f"it is damaged: {error}") from error
    except Exception as error:
        raise BrokenPicture(f"it is damaged: {error}") from error
