"""Pictures to be shared: what they were made with goes, pixels and colours stay byte for byte."""

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from vibes.documents.png_texts import all_texts, with_text
from vibes.documents.without_metadata import MetadataStays, without_metadata

TOLD = "a prompt that nobody else shall read"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(kind: str, orientation: int = 1, **more: object) -> bytes:
    picture = Image.radial_gradient("L").resize((40, 24)).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = exif[0x9286] = TOLD
    exif[0x0112] = orientation
    file = io.BytesIO()
    picture.save(file, kind, exif=exif.tobytes(), icc_profile=PROFILE, **more)
    return file.getvalue()


def png() -> bytes:
    texts = PngInfo()
    texts.add_text("prompt", TOLD)
    texts.add_text("workflow", TOLD, zip=True)
    texts.add(b"caBX", TOLD.encode())  # content credentials: of no program that reads pictures here
    return with_text(saved("PNG", pnginfo=texts), "parameters", TOLD) + TOLD.encode()


def jpeg() -> bytes:
    return saved("JPEG", comment=TOLD.encode(), xmp=TOLD.encode()) + TOLD.encode()


def webp() -> bytes:
    return saved("WEBP", xmp=TOLD.encode(), lossless=True)


def gif() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("P", (8, 8), colour) for colour in (0, 1)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=TOLD.encode())
    return file.getvalue()


@pytest.mark.parametrize("made", [png, jpeg, webp, gif])
def test_what_it_was_made_with_goes_and_pixels_and_colours_stay(made: Callable[[], bytes]) -> None:
    whole = made()
    bare = without_metadata(whole)
    assert TOLD.encode() in whole
    assert TOLD.encode() not in bare
    assert without_metadata(bare) == bare
    with Image.open(io.BytesIO(whole)) as before, Image.open(io.BytesIO(bare)) as after:
        assert (after.size, after.tobytes()) == (before.size, before.tobytes())
        assert after.info.get("icc_profile") == before.info.get("icc_profile")
        assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)
        assert after.info.get("loop") == before.info.get("loop")
        assert not after.getexif()


def test_no_text_of_a_png_is_left_packed_or_not() -> None:
    assert len(list(all_texts(png()))) == 3
    assert not list(all_texts(without_metadata(png())))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_which_side_is_up_stays_alone(kind: str) -> None:
    bare = without_metadata(saved(kind, orientation=6))
    assert TOLD.encode() not in bare
    with Image.open(io.BytesIO(bare)) as picture:
        assert dict(picture.getexif()) == {0x0112: 6}


@pytest.mark.parametrize(("whole", "mark"), [(png(), b"IDAT"), (jpeg(), b"\xff\xda"), (webp(), b"VP8L"), (gif(), b",")])
def test_the_pixels_of_a_file_are_the_same_bytes(whole: bytes, mark: bytes) -> None:
    bare = without_metadata(whole)
    assert bare[bare.rindex(mark) :] in whole


def test_a_video_is_refused() -> None:
    with pytest.raises(MetadataStays, match="not out of videos"):
        without_metadata(b"\0\0\0\x18ftypisom" + bytes(40))


@given(made=st.sampled_from([png, jpeg, webp, gif]), cut=st.integers(0, 900), other=st.binary(max_size=6))
@settings(max_examples=60)
def test_any_damage_is_told_or_done_without(made: Callable[[], bytes], cut: int, other: bytes) -> None:
    whole = made()
    place = cut % len(whole)
    for damaged in (whole[:place], whole[:place] + other + whole[place + len(other) :]):
        with suppress(MetadataStays):
            assert len(without_metadata(damaged)) <= len(damaged) + 64


def test_a_broken_orientation_is_the_usual_one() -> None:
    exif = b"II*\0" + struct.pack("<I", 9999)
    body = b"eXIf" + exif
    chunk = struct.pack(">I", len(exif)) + body + struct.pack(">I", zlib.crc32(body))
    whole = png()
    assert b"eXIf" not in without_metadata(whole[:33] + chunk + whole[33:])
