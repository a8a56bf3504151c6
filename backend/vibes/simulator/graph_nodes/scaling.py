"""Resizing by the names of ComfyUI's methods."""

from PIL import Image

_METHODS = {
    "nearest-exact": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "area": Image.Resampling.BOX,
    "bicubic": Image.Resampling.BICUBIC,
    "bislerp": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def resampling(method: str) -> Image.Resampling:
    return _METHODS[method]


def cropped_to_aspect(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The largest middle part with the aspect of ``size``."""
    wanted, present = size[0] / size[1], image.width / image.height
    if present > wanted:
        width = max(round(image.height * wanted), 1)
        left = (image.width - width) // 2
        return image.crop((left, 0, left + width, image.height))
    height = max(round(image.width / wanted), 1)
    top = (image.height - height) // 2
    return image.crop((0, top, image.width, top + height))
