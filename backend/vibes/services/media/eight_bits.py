"""Pictures of every kind as people see them: upright, 8 bits a channel, red, green, blue and maybe alpha."""

from typing import cast

from PIL import Image

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn a picture of each EXIF orientation upright; 1 is upright (Exif 2.32, 4.6.4)."""

_DEEPEST = 65535
_BEHIND_GLASS = (128, 128, 128)
"""The background for transparent pictures as JPEG: grey, so that neither black nor white lines vanish."""
PAPER = (255, 255, 255)
"""The background on which a transparent picture is drawn from: what lies hidden under alpha 0 is mostly black."""


def orientation(picture: Image.Image) -> int:
    """1 to 8 as in EXIF; 1 without a valid one, since EXIF may contain anything."""
    try:
        value = picture.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001 - Pillow may fail in any way on malicious EXIF, while the picture is fine
        return 1
    return value if isinstance(value, int) and value in _TURNS else 1


def upright(picture: Image.Image) -> Image.Image:
    turn = _TURNS.get(orientation(picture))
    if turn is None:
        return picture
    turned = picture.transpose(turn)
    turned.info = picture.info
    return turned


def eight_bit(picture: Image.Image) -> Image.Image:
    """RGB, or RGBA if anything may be transparent, without metadata; colours under alpha 0 stay.

    Gradients are kept: 16 bits are scaled to 8. Values without a fixed range (32-bit and float pictures) are scaled
    from the smallest usual range that holds them (0 to 1 for floats, 0 to 255, 0 to 65535), or else from their own.
    """
    transparent = picture.has_transparency_data
    if picture.mode.startswith("I;16"):
        plain = _from_sixteen_bits(picture)
    elif picture.mode in {"I", "F"}:
        plain = _from_numbers(picture)
    elif picture.mode in {"La", "RGBa"}:  # colours multiplied by their alpha
        plain = picture.convert(picture.mode.upper())
    else:
        plain = picture
    wanted = "RGBA" if transparent else "RGB"
    if plain.mode != wanted:
        plain = plain.convert(wanted)
    plain.info = {}
    return plain


def opaque(picture: Image.Image, behind: tuple[int, int, int] = _BEHIND_GLASS) -> Image.Image:
    """An RGB or RGBA picture without alpha, on this colour where it is transparent; by default on neutral grey."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, behind)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _from_sixteen_bits(picture: Image.Image) -> Image.Image:
    numbers = picture.convert("I")
    grey = numbers.point([value // 257 for value in range(_DEEPEST + 1)], "L")
    clear = picture.info.get("transparency")
    if not isinstance(clear, int):
        return grey
    alpha = numbers.point([0 if value == clear else 255 for value in range(_DEEPEST + 1)], "L")
    return Image.merge("LA", (grey, alpha))


def _from_numbers(picture: Image.Image) -> Image.Image:
    low, high = _range(picture)
    usual = ((0.0, 1.0), (0.0, 255.0), (0.0, 65535.0)) if picture.mode == "F" else ((0, 255), (0, 65535))
    bottom, top = next((each for each in usual if each[0] <= low and high <= each[1]), (low, high))
    scale = 255.0 / (top - bottom) if top > bottom else 0.0
    return picture.convert("F").point(lambda value: value * scale + (0.5 - bottom * scale)).convert("L")


def _range(picture: Image.Image) -> tuple[float, float]:
    return cast("tuple[float, float]", picture.getextrema())  # of one band
