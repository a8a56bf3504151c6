"""A tile with the type of a file, in place of a thumbnail when the hub cannot decode the file."""

import io

from PIL import Image

from vibes.domain.pictures.media_type import MediaType

_GROUND, _INK = (58, 61, 66), (226, 228, 232)
_SMALLEST_SIDE = 64


def plain_tile(media_type: MediaType, size: tuple[int, int], side: int) -> bytes:
    """A JPEG of the shape of ``size``, its longer side ``side`` pixels long."""
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415 - what draws letters takes megabytes that few hubs need

    longer = max(size)
    width, height = (max(round(each * side / longer), _SMALLEST_SIDE) for each in size)
    tile = Image.new("RGB", (width, height), _GROUND)
    draw = ImageDraw.Draw(tile)
    middle, unit = (width / 2, height / 2), min(width, height) / 8
    triangle = [(-unit, -2 * unit), (-unit, unit), (1.6 * unit, -unit / 2)]
    draw.polygon([(middle[0] + x, middle[1] + y) for x, y in triangle], fill=_INK)
    label = media_type.suffix.removeprefix(".").upper()
    draw.text(
        (middle[0], middle[1] + 2.2 * unit), label, fill=_INK, font=ImageFont.load_default(1.3 * unit), anchor="mm"
    )
    encoded = io.BytesIO()
    tile.save(encoded, "JPEG", quality=85)
    return encoded.getvalue()
