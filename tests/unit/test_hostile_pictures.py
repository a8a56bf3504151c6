"""Small files that would take much time or memory are refused, or cost no more than the picture that they show."""

import io
import struct
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from PIL import Image

from tests.pictures import chunk, header, opened, png_of, progressive, ramp, saved
from tests.unit.test_decoding_pool import SCAN, frame
from vibes.documents.image_header import MAX_PIXEL_SCANS, UnreadableHeader, read_header
from vibes.services.media.image_codec import BrokenPicture, TooManyPixels, decode, for_node, look_at, normalised

FLAT = (b"\0" + b"\x40\x80\xc0" * 64) * 64


def test_a_progressive_jpeg_of_many_scans_is_refused_before_anything_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = progressive(300, side=8000)
    assert len(bomb) < 300_000
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(TooManyPixels, match="paints its 8000x8000 pixels"):
        normalised(bomb)


@pytest.mark.parametrize("side", [64, 1000])
def test_a_progressive_jpeg_as_cameras_write_it_is_taken(side: int) -> None:
    usual = read_header(progressive(0, side=side))
    assert usual is not None
    assert usual.scans >= 4
    kept, size, _ = normalised(progressive(50, side=side))
    assert (size, opened(kept).getpixel((5, 5))) == ((side, side), (128, 128, 128))


@pytest.mark.parametrize(
    "between",
    [
        b"",
        b"\xff\xff\xff",
        b"\xff\x01",
        b"\xff\xe1\0\x06\xff\xda\xff\xda",
        b"\xff\xfe\0\x02",
        b"\0junk\0",
    ],
    ids=["nothing", "fill bytes", "TEM", "a thumbnail in EXIF", "an empty comment", "junk"],
)
def test_scans_are_counted_as_a_decoder_comes_by_them(between: bytes) -> None:
    found = read_header(b"\xff\xd8" + between + frame(100, 80) + (between + SCAN) * 7 + between + b"\xff\xd9" + SCAN)
    assert found is not None
    assert (found.width, found.height, found.scans) == (100, 80, 7)


def test_scans_are_counted_over_much_compressed_data() -> None:
    long = SCAN + bytes(range(255)).replace(b"\xff", b"") * 3000
    found = read_header(b"\xff\xd8" + frame(10, 10) + long * 3 + b"\xff\xd9")
    assert found is not None
    assert found.scans == 3


def test_tiny_pictures_of_endless_scans_or_segments_are_refused() -> None:
    scans = b"\xff\xd8" + frame(1, 1) + SCAN * 90_000
    found = read_header(scans)
    assert found is not None
    assert found.pixel_scans > MAX_PIXEL_SCANS
    with pytest.raises(UnreadableHeader):
        read_header(b"\xff\xd8" + b"\xff\xfe\0\x02" * 200_000 + frame(1, 1) + SCAN)
    with pytest.raises(BrokenPicture, match="pieces"):
        normalised(b"\xff\xd8" + b"\xff\xfe\0\x02" * 200_000 + frame(1, 1) + SCAN)


def test_a_million_tiny_chunks_are_refused() -> None:
    with pytest.raises(BrokenPicture, match="in more than 100,000 pieces"):
        normalised(png_of(header(64, 64), FLAT, chunk(b"tEXt", b"a\0b") * 1_000_000))


ZEROS = zlib.compress(b"\0" * 60_000_000, 9)

UNFOLDING = {
    "a text": chunk(b"zTXt", b"a\0\0" + ZEROS),
    "an international text": chunk(b"iTXt", b"a\0\1\0\0\0" + ZEROS),
    "a colour profile": chunk(b"iCCP", b"a\0\0" + ZEROS),
    "twenty texts": chunk(b"zTXt", b"a\0\0" + ZEROS) * 20,
    "an endless animation": chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)),
    "an animation of huge frames": chunk(b"acTL", b"\0\0\0\2\0\0\0\0")
    + chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 2**30, 2**30, 0, 0, 1, 1, 0, 0)),
    "text as large as a book": chunk(b"tEXt", b"workflow\0" + b"x" * 3_000_000),
    "compressed text as large as a book": chunk(b"zTXt", b"workflow\0\0" + zlib.compress(b"x" * 3_000_000)),
}


@pytest.mark.parametrize("extra", UNFOLDING.values(), ids=list(UNFOLDING))
@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
def test_what_a_png_carries_beside_its_pixels_is_never_unfolded(extra: bytes, behind: bool) -> None:
    content = png_of(header(64, 64), FLAT, b"" if behind else extra, after=extra if behind else b"")
    tracemalloc.start()
    try:
        kept, *_ = normalised(content)
        looked = look_at(content)
        sent = for_node(content, (32, 32), mask=False)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 30_000_000
    assert opened(kept).getpixel((5, 5)) == opened(sent).getpixel((5, 5)) == (64, 128, 192)
    assert looked.width == 64


def test_an_animated_webp_is_one_picture_however_many_it_has() -> None:
    frames = [Image.new("RGB", (64, 64), (number, 0, 0)) for number in range(200)]
    encoded = io.BytesIO()
    frames[0].save(encoded, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert opened(normalised(encoded.getvalue())[0]).getpixel((5, 5)) == (0, 0, 0)


def test_a_webp_with_a_huge_canvas_is_refused_by_its_header() -> None:
    content = bytearray(saved(Image.new("RGBA", (64, 64), (1, 2, 3, 100)), "WEBP"))
    assert content[12:16] == b"VP8X"
    content[24:30] = (16_000_000 - 1).to_bytes(3, "little") + (200 - 1).to_bytes(3, "little")
    with pytest.raises(TooManyPixels, match="16000000x200"):
        normalised(bytes(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_file_that_is_cut_or_changed_anywhere_is_a_picture_or_broken_and_nothing_else(kind: str) -> None:
    whole = saved(ramp("RGB"), kind)
    places = range(0, len(whole), max(len(whole) // 150, 1))
    for place in places:
        for content in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            with suppress(BrokenPicture):
                decode(content, ("PNG", "JPEG", "WEBP"))
