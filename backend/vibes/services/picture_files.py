"""Pictures as bytes: decoded only after their header was found harmless, and fitted to the size that is needed."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 64_000_000
"""The product's cap for every picture, made or uploaded."""

UPLOAD_FORMATS = ("PNG", "JPEG", "WEBP")


OTHER_FORMATS = ("JPEG", "WEBP", "GIF", "BMP", "TIFF")


class BrokenPicture(Exception):
    """The bytes are no whole, harmless picture; the text says what is wrong with them."""


class TooManyPixels(BrokenPicture):
    """It may well be whole, but nobody dares to decode it."""


def decode(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The decoded picture. Its header is read first: too many pixels are refused before any memory is spent.

    Raises BrokenPicture, also when the content is of none of these formats, whatever it claims to be.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=formats) as envelope:
                if envelope.width * envelope.height > MAX_PIXELS:
                    raise TooManyPixels(f"it has {envelope.width}x{envelope.height} pixels, more than {MAX_PIXELS:,}")
                envelope.verify()
            picture = Image.open(io.BytesIO(content), formats=formats)
            picture.load()
    except UnidentifiedImageError as error:
        raise BrokenPicture(f"it is no {' or '.join(formats)} picture") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooManyPixels(f"it has more than {MAX_PIXELS:,} pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BrokenPicture(f"it is damaged: {error}") from error
    return picture


def other_format(content: bytes) -> str | None:
    """What a picture is that is no PNG, as far as its header tells; None when it looks like none at all."""
    try:
        with Image.open(io.BytesIO(content), formats=OTHER_FORMATS) as envelope:
            return envelope.format
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height out of the header of a picture that was checked when it came in."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        return picture.size


def as_png(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", compress_level=1)
    return encoded.getvalue()


def normalised(content: bytes) -> bytes:
    """An upload as a plain PNG: turned upright, animations cut to their first picture, metadata left out.

    Raises BrokenPicture.
    """
    upright = ImageOps.exif_transpose(decode(content, UPLOAD_FORMATS))
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    plain = Image.new(mode, upright.size)
    plain.paste(upright.convert(mode))
    return as_png(plain)


def fitted(png: bytes, width: int, height: int, *, mask: bool) -> bytes:
    """The picture covering exactly this size, cut at the edges where the shape differs; unchanged when it fits.

    A mask stays what it is, black and white: its edges are not smoothed.
    """
    picture = decode(png, ("PNG",))
    if picture.size == (width, height):
        return png
    method = Image.Resampling.NEAREST if mask else Image.Resampling.LANCZOS
    return as_png(ImageOps.fit(picture, (width, height), method))
