"""Every kind of picture that people upload and nodes make is shown, kept and handed on as people see it."""

import io

import pytest
from PIL import Image

from tests.pictures import (
    COLOUR,
    COLOUR_ALPHA,
    GREY,
    GREY_ALPHA,
    chunk,
    levels,
    opened,
    png_of,
    ramp,
    ramp_of_sixteen_bits,
    saved,
)
from tests.pictures import header as png_header
from vibes.services.media.eight_bits import eight_bit
from vibes.services.media.image_codec import for_node, look_at, normalised

RAMP = [0, 4, 8, 64, 129, 255]

MODES = ["L", "LA", "La", "P", "PA", "I", "I;16", "I;16B", "F", "RGB", "RGBA", "RGBa", "CMYK", "YCbCr", "HSV"]

UPLOADS = {
    "1-bit": (saved(ramp().convert("1", dither=Image.Dither.NONE)), [0, 0, 0, 0, 255, 255]),
    "grey": (saved(ramp()), RAMP),
    "grey and alpha": (saved(ramp("LA")), RAMP),
    "palette": (saved(ramp("P")), RAMP),
    "palette with transparency": (saved(ramp("P"), transparency=bytes([255] * 256)), RAMP),
    "16-bit grey": (ramp_of_sixteen_bits(GREY), RAMP),
    "16-bit grey with a transparent value": (ramp_of_sixteen_bits(GREY, chunk(b"tRNS", b"\x12\x34")), RAMP),
    "16-bit grey and alpha": (ramp_of_sixteen_bits(GREY_ALPHA), RAMP),
    "16-bit colour": (ramp_of_sixteen_bits(COLOUR), RAMP),
    "16-bit colour and alpha": (ramp_of_sixteen_bits(COLOUR_ALPHA), RAMP),
    "JPEG in grey": (saved(ramp(), "JPEG", quality=98), RAMP),
    "JPEG in YCbCr": (saved(ramp("RGB"), "JPEG", quality=98), RAMP),
    "JPEG in CMYK": (saved(ramp("CMYK"), "JPEG", quality=98), RAMP),
    "progressive JPEG": (saved(ramp("RGB"), "JPEG", quality=98, progressive=True), RAMP),
    "BMP": (saved(ramp("RGB"), "BMP"), RAMP),
    "TIFF": (saved(ramp("RGB"), "TIFF", compression="tiff_lzw"), RAMP),
    "TIFF in 16-bit grey": (saved(ramp("I;16"), "TIFF"), RAMP),
    "TIFF in numbers": (saved(ramp("F"), "TIFF"), RAMP),
    "TIFF in CMYK": (saved(ramp("CMYK"), "TIFF"), RAMP),
    "TIFF in Lab": (saved(ramp("LAB"), "TIFF"), RAMP),
    "AVIF": (saved(ramp("RGB"), "AVIF", quality=100), RAMP),
    "AVIF with alpha": (saved(ramp("RGBA"), "AVIF", quality=100), RAMP),
    "GIF": (saved(ramp("P"), "GIF"), RAMP),
    "WebP": (saved(ramp("RGB"), "WEBP", lossless=True), RAMP),
    "WebP with alpha": (saved(ramp("RGBA"), "WEBP", lossless=True, exact=True), RAMP),
}


def about(wanted: list[int]) -> object:
    return pytest.approx(wanted, abs=3)


@pytest.mark.parametrize("mode", MODES)
def test_a_ramp_stays_a_ramp_in_every_mode(mode: str) -> None:
    plain = eight_bit(ramp(mode))
    assert plain.mode in {"RGB", "RGBA"}
    assert levels(plain) == about(RAMP)


@pytest.mark.parametrize(
    ("mode", "lowest", "highest", "seen"),
    [
        ("I", 0, 200, (0, 200)),
        ("I", 0, 65535, (0, 255)),
        ("I", -1000, 1000, (0, 255)),
        ("I", 70_000, 70_000, (0, 0)),
        ("F", 0.0, 1.0, (0, 255)),
        ("F", 0.0, 128.0, (0, 128)),
        ("F", -1.0, 1.0, (0, 255)),
    ],
)
def test_numbers_of_no_fixed_range_are_brought_into_the_usual_one_that_holds_them(
    mode: str, lowest: float, highest: float, seen: tuple[int, int]
) -> None:
    picture = Image.new(mode, (2, 1), lowest)
    picture.putpixel((1, 0), highest)
    assert tuple(eight_bit(picture).convert("L").tobytes()) == pytest.approx(seen, abs=1)


@pytest.mark.parametrize(("content", "wanted"), UPLOADS.values(), ids=list(UPLOADS))
def test_an_upload_of_every_kind_looks_as_it_did(content: bytes, wanted: list[int]) -> None:
    kept, size, _ = normalised(content)
    assert size == (64, 64)
    picture = opened(kept)
    assert picture.mode in {"RGB", "RGBA"}
    assert levels(picture) == about(wanted)


NODE_OUTPUTS = {name: case for name, case in UPLOADS.items() if case[0].startswith(b"\x89PNG")}


@pytest.mark.parametrize(("content", "wanted"), NODE_OUTPUTS.values(), ids=list(NODE_OUTPUTS))
def test_what_a_node_makes_has_a_true_thumbnail_and_can_be_started_from(content: bytes, wanted: list[int]) -> None:
    looked = look_at(content)
    assert (looked.width, looked.height) == (64, 64)
    assert levels(opened(looked.thumbnail)) == pytest.approx(wanted, abs=12), "JPEG smears a little"
    as_it_is = opened(for_node(content, None, mask=False))
    assert as_it_is.mode not in {"I", "I;16"}, "ComfyUI's LoadImage makes those white"
    assert levels(as_it_is) == about(wanted)
    assert opened(for_node(content, (32, 64), mask=False)).size == (32, 64)


def test_a_picture_that_every_node_reads_and_that_fits_is_sent_as_it_came() -> None:
    for mode in ("L", "RGB", "RGBA", "P", "LA", "1"):
        content = saved(ramp(mode))
        assert for_node(content, (64, 64), mask=False) is content


def test_colours_under_alpha_0_stay_and_are_not_shown() -> None:
    hidden = Image.new("RGBA", (64, 64), (200, 30, 30, 0))
    kept, *_ = normalised(saved(hidden))
    assert opened(kept).getpixel((5, 5)) == (200, 30, 30, 0)
    assert opened(for_node(kept, (32, 64), mask=False)).getpixel((5, 5)) == (200, 30, 30, 0)
    shown = opened(look_at(kept).thumbnail).getpixel((5, 5))
    assert shown == pytest.approx((128, 128, 128), abs=2)


def test_the_transparent_value_of_16_bit_grey_is_transparent() -> None:
    kept, *_ = normalised(ramp_of_sixteen_bits(GREY, chunk(b"tRNS", b"\xff\xff")))
    alpha = opened(kept).getchannel("A")
    assert [alpha.getpixel((x, 0)) for x in (0, 62, 63)] == [255, 255, 0]


def test_a_mask_stays_black_and_white_however_deep_it_was_saved() -> None:
    mask = Image.new("I;16", (64, 64))
    mask.paste(65535, (32, 0, 64, 64))
    kept, *_ = normalised(saved(mask))
    fitted = opened(for_node(kept, (31, 31), mask=True))
    assert {colour for _, colour in fitted.getcolors() or ()} == {(0, 0, 0), (255, 255, 255)}
    red = opened(kept).getchannel("R")
    assert (red.getpixel((31, 5)), red.getpixel((32, 5))) == (0, 255), "LoadImageMask reads the red channel"


def marked(kind: str, orientation: int) -> bytes:
    """40 by 20 with a white top left corner, as the file has it, and an orientation in its EXIF."""
    picture = Image.new("RGB", (40, 20))
    picture.paste((255, 255, 255), (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = orientation
    if kind == "TIFF":
        return saved(picture, kind, exif=exif)
    return saved(picture, kind, exif=exif.tobytes(), **({} if kind == "PNG" else {"quality": 98}))


CORNERS = {1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left"} | {
    5: "top left",
    6: "top right",
    7: "bottom right",
    8: "bottom left",
}


def bright_corner(picture: Image.Image) -> str:
    grey, right, bottom = picture.convert("L"), picture.width - 4, picture.height - 4
    places = {"top left": (3, 3), "top right": (right, 3), "bottom left": (3, bottom), "bottom right": (right, bottom)}
    return max(places, key=lambda name: int(grey.getpixel(places[name])))  # type: ignore[arg-type]  # one band


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", [*CORNERS, 0, 9, 65535])
def test_a_picture_is_turned_upright_as_exif_says(kind: str, orientation: int) -> None:
    kept, size, _ = normalised(marked(kind, orientation))
    assert size == ((20, 40) if orientation in {5, 6, 7, 8} else (40, 20))
    assert bright_corner(opened(kept)) == CORNERS.get(orientation, "top left")
    assert b"eXIf" not in kept


def test_what_a_node_made_lying_down_is_shown_and_handed_on_upright() -> None:
    lying = marked("PNG", 6)
    looked = look_at(lying)
    assert (looked.width, looked.height) == (20, 40)
    assert bright_corner(opened(looked.thumbnail)) == "top right"
    assert bright_corner(opened(for_node(lying, (20, 40), mask=False))) == "top right"


BAD_EXIF = [b"\xff" * 1000, b"", b"II*\0", b"MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x03\xff\xff\xff\xff" * 50]


@pytest.mark.parametrize("exif", BAD_EXIF)
def test_an_exif_that_nobody_can_read_is_left_alone(exif: bytes) -> None:
    content = png_of(png_header(64, 64), (b"\0" + b"\x40\x80\xc0" * 64) * 64, chunk(b"eXIf", exif))
    kept, *_ = normalised(content)
    assert opened(kept).getpixel((5, 5)) == (64, 128, 192)
    assert look_at(content).width == 64


def animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
    encoded = io.BytesIO()
    frames[0].save(encoded, kind, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    return encoded.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF"])
def test_of_an_animation_the_first_picture_is_taken(kind: str) -> None:
    kept, *_ = normalised(animation(kind))
    assert opened(kept).convert("RGB").getpixel((5, 5)) == pytest.approx((255, 0, 0), abs=3)
    assert b"acTL" not in kept


def test_a_node_gets_one_picture_of_an_animation_not_all() -> None:
    sent = for_node(animation("PNG"), (64, 64), mask=False)
    assert b"acTL" not in sent
    assert opened(sent).getpixel((5, 5)) == (255, 0, 0)
