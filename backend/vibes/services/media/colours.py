"""The colours of a picture as its profile means them: screens and models know sRGB alone."""

import io
from typing import cast

from PIL import Image

from vibes.services.media.eight_bits import eight_bit

MAX_PROFILE_BYTES = 4 << 20
"""Largest colour profile that is read; those of printers have 0.5 to 3 MB, of cameras and screens some kB."""

_READ_AS = {"RGB": None, "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}
"""The mode that a profile of each colour space is about; None: red, green and blue, with or without alpha."""


def in_srgb(picture: Image.Image) -> Image.Image:
    """The picture in sRGB; unchanged where it has no profile, an sRGB one, or one that nobody can read."""
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 0 < len(profile) <= MAX_PROFILE_BYTES:
        return picture
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if "sRGB" in (source.profile.profile_description or "") or space not in _READ_AS:
            return picture
        mode = _READ_AS[space]
        if mode is not None and picture.mode != mode:
            return picture
        plain = eight_bit(picture) if mode is None else picture
        target = ImageCms.createProfile("sRGB")
        wanted = plain.mode if mode is None else "RGB"
        intent, flags = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
        turned = ImageCms.profileToProfile(plain, source, target, intent, wanted, flags=flags)
        return cast("Image.Image", turned)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
