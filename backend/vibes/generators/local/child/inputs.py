"""Pictures that a request brings, in the size of the one that is drawn; and what is shown of one on the way."""

import io
from typing import Any

from PIL import Image, ImageOps

from vibes.generators.local.child.serving import Refused

FORMATS = ("PNG", "JPEG", "WEBP")
PREVIEW_SIDE = 512
"""Pixels of the longest side of a preview."""

_RGB = {
    "sdxl": (
        (0.3651, 0.4232, 0.4341),
        (-0.2533, -0.0042, 0.1068),
        (0.1076, 0.1111, -0.0362),
        (-0.3165, -0.2492, -0.2188),
    ),
    "sd15": (
        (0.3512, 0.2297, 0.3227),
        (0.3250, 0.4974, 0.2350),
        (-0.2829, 0.1762, 0.2721),
        (-0.2120, -0.2616, -0.7177),
    ),
}
"""By family: red, green and blue, -1 to 1, of each of the four channels of a latent picture. The customary linear
approximations of the two autoencoders; rough, and free."""


def picture_of(content: bytes, name: str, size: tuple[int, int], mode: str = "RGB") -> Any:
    """Parts are cut off where its shape is another one. Refused where it cannot be read."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            upright = ImageOps.exif_transpose(opened)
            return ImageOps.fit(upright.convert(mode), size, Image.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused("invalid_input", f"{name} cannot be read: {error}") from error


def png_of(picture: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def preview_of(latents: Any, family: str, most: int = PREVIEW_SIDE) -> bytes:
    """A JPEG of a batch of one latent picture, 1 x 4 x height x width."""
    colours = latents.new_tensor(_RGB[family])
    shown = (latents[0].permute(1, 2, 0) @ colours).add(1).mul(127.5).clamp(0, 255).byte().cpu()
    high, wide = shown.shape[:2]
    picture = Image.frombytes("RGB", (wide, high), bytes(shown.flatten().tolist()))
    scale = max(1, min(8, most // max(wide, high)))
    file = io.BytesIO()
    picture.resize((wide * scale, high * scale), Image.Resampling.BILINEAR).save(file, "JPEG", quality=75)
    return file.getvalue()
