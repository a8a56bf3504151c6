"""Files that people drop as a picture to start from: each is used as they see it, or refused with what to do."""

import io
import random
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress

import pytest
from PIL import Image, ImageCms

from tests.pictures import GREY, chunk, header, levels, opened, png_of, ramp, ramp_of_sixteen_bits, saved
from vibes.documents.image_header import MAX_PIXELS, memory_needed, read_header
from vibes.documents.png_chunks import colour_profile
from vibes.domain.pictures.spec import Operation
from vibes.services.media.image_codec import UPLOAD_FORMATS, BrokenPicture, for_node, normalised
from vibes.workflows.definition.alpha import uses_alpha
from vibes.workflows.definition.manifest import Parameter, ParameterKind, Workflow


def box(kind: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def tiff(*entries: tuple[int, int]) -> bytes:
    """A directory of 32-bit numbers and nothing else."""
    packed = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + bytes(4)


REFUSED = {
    "empty": (b"", "it is empty: the file has no bytes; copy or download it again"),
    "HEIC": (box(b"ftyp", b"heic", bytes(4), b"mif1heic") + bytes(100), "a HEIC photograph, which is not read here"),
    "HEIF by its second word": (box(b"ftyp", b"mif1", bytes(4), b"mif1heic") + bytes(100), "export it as JPEG"),
    "a film": (box(b"ftyp", b"isom", bytes(4), b"isomiso2mp41") + bytes(100), "it is a video; save one picture"),
    "JPEG XL": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100), "it is a JPEG XL picture; save it as PNG or JPEG"),
    "bare JPEG XL": (b"\xff\x0a" + bytes(100), "it is a JPEG XL picture"),
    "JPEG 2000": (saved(ramp("RGB"), "JPEG2000"), "it is a JPEG 2000 picture"),
    "Photoshop": (b"8BPS\0\1" + bytes(100), "it is a Photoshop file; export it as PNG"),
    "PDF": (saved(ramp("RGB"), "PDF"), "it is a PDF; export"),
    "icon": (saved(ramp("RGB"), "ICO"), "it is an icon; save it as PNG"),
    "Krita": (b"PK\3\4" + bytes(100), "it is an archive; take the picture out"),
    "drawing": (b'<?xml version="1.0"?>\n<!-- made -->\n<svg width="9">', "it is a drawing (SVG), not pixels"),
    "web page named .jpg": (b"\n<!DOCTYPE html><html><body>Not found", "it is a web page, not a picture; open the"),
    "text named .png": ("Gr\u00fc\u00dfe".encode() * 400, "it is a text, not a picture"),
    "noise": (bytes(range(128, 256)) * 4, "it is no picture that can be read: PNG, JPEG, WEBP, GIF, BMP, TIFF or"),
    "raw file of a camera": (tiff((254, 1), (256, 160), (257, 120)), "it is a camera's raw file; develop it"),
    "raw file as Adobe's": (tiff((256, 160), (257, 120), (50706, 0x0401)), "it is a camera's raw file"),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_picture_here_is_told_with_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(BrokenPicture) as refused:
        normalised(content)
    assert sentence in str(refused.value)


KINDS: Mapping[str, bytes] = {kind: saved(ramp("RGB"), kind) for kind in UPLOAD_FORMATS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_cut_anywhere_is_refused_in_words(kind: str) -> None:
    whole = KINDS[kind]
    for length in (len(whole) - 6, len(whole) // 2, 30, 9):
        with pytest.raises(BrokenPicture) as refused:
            normalised(whole[:length])
        assert "0x" not in str(refused.value), "no address of an object in memory"
    with pytest.raises(BrokenPicture, match=r"it is damaged: (its end is missing|it is cut off)"):
        normalised(whole[: len(whole) // 2])


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_that_were_changed_are_a_picture_or_refused_but_break_nothing(kind: str) -> None:
    chance = random.Random(kind)  # noqa: S311 - the same bytes each time, no secret
    for _ in range(60):
        content = bytearray(KINDS[kind])
        for _ in range(chance.choice((1, 3, 20))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with suppress(BrokenPicture):
            assert normalised(bytes(content)).png.startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", KINDS)
def test_the_memory_for_each_kind_is_known_before_it_is_decoded(kind: str) -> None:
    found = read_header(KINDS[kind])
    assert found is not None
    assert (found.width, found.height) == (64, 64)
    assert memory_needed(KINDS[kind]) >= 64 * 64 * 12


HUGE = {
    "BMP": b"BM" + bytes(12) + struct.pack("<Iii", 40, 90_000, -90_000) + bytes(100),
    "TIFF": tiff((256, 90_000), (257, 90_000)),
    "AVIF": box(b"ftyp", b"avif", bytes(4)) + box(b"ispe", bytes(4), struct.pack(">II", 90_000, 90_000)),
    "GIF": b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + bytes(3) + b";",
}


@pytest.mark.parametrize("content", HUGE.values(), ids=list(HUGE))
def test_a_header_that_promises_gigapixels_is_refused_by_its_size(content: bytes) -> None:
    with pytest.raises(BrokenPicture, match=f"more than {MAX_PIXELS:,}"):
        normalised(content)


def test_a_file_is_known_by_its_content_whatever_its_name_says() -> None:
    heads = {name: content[:12] for name, content in KINDS.items()}
    assert len(set(heads.values())) == len(heads)
    assert all(normalised(content).size == (64, 64) for content in KINDS.values())


RED = (230, 40, 30)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_colours_are_those_that_the_profile_means(kind: str) -> None:
    flat = Image.new("RGB", (16, 16), RED)
    plain = opened(normalised(saved(flat, kind)).png).getpixel((8, 8))
    srgb = opened(normalised(saved(flat, kind, icc_profile=srgb_profile())).png).getpixel((8, 8))
    meant = opened(normalised(saved(flat, kind, icc_profile=linear_light())).png).getpixel((8, 8))
    assert isinstance(plain, tuple)
    assert isinstance(meant, tuple)
    assert srgb == plain
    assert meant[1] == pytest.approx(110, abs=8), "40 of 255 as light is 110 as sRGB has it"


def linear_light() -> bytes:
    """sRGB's colours with numbers that count light: its three curves become straight lines."""
    profile = bytearray(srgb_profile())
    (count,) = struct.unpack_from(">I", profile, 128)
    for index in range(count):
        tag, start, _ = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if tag in {b"rTRC", b"gTRC", b"bTRC"}:
            struct.pack_into(">4sII", profile, start, b"curv", 0, 0)
        if tag == b"desc":
            name = profile.find("sRGB".encode("utf-16-be"), start)
            profile[name : name + 8] = "line".encode("utf-16-be")
    return bytes(profile)


BROKEN_PROFILES: Sequence[bytes] = (b"x", bytes(300), srgb_profile()[:200], b"\xff" * 5_000)


@pytest.mark.parametrize("profile", BROKEN_PROFILES, ids=lambda profile: f"{len(profile)} bytes")
def test_a_profile_that_nobody_can_read_is_left_alone(profile: bytes) -> None:
    flat = Image.new("RGB", (16, 16), RED)
    for kind in ("PNG", "JPEG", "TIFF"):
        kept = opened(normalised(saved(flat, kind, icc_profile=profile, **at_best(kind))).png)
        assert kept.getpixel((8, 8)) == pytest.approx(RED, abs=3)


def at_best(kind: str) -> dict[str, object]:
    return {"quality": 98, "subsampling": 0} if kind == "JPEG" else {}


def test_a_profile_that_unpacks_without_end_is_not_unpacked() -> None:
    bomb = saved(ramp("RGB"), "PNG", icc_profile=bytes(30_000_000))
    assert len(bomb) < 100_000
    assert colour_profile(bomb, 1_000_000) is None
    assert normalised(bomb).size == (64, 64)


def test_a_printers_jpeg_is_neither_negative_nor_black_and_says_that_it_is_guessed() -> None:
    red = saved(Image.new("RGB", (16, 16), RED).convert("CMYK"), "JPEG", quality=98)
    kept, _, notes = normalised(red)
    assert opened(kept).getpixel((8, 8)) == pytest.approx(RED, abs=6)
    assert notes == ("Its printing colours (CMYK) have no profile, so they are guessed.",)


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime")]
    content = io.BytesIO()
    frames[0].save(content, kind, save_all=True, append_images=frames[1:])
    return content.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "AVIF"])
def test_of_an_animation_it_is_said_that_one_picture_is_used(kind: str) -> None:
    assert normalised(moving(kind)).notes == ("Only the first picture of the animation is used.",)


def test_of_a_phones_jpeg_with_a_second_picture_and_of_a_scan_with_pages_the_first_is_used() -> None:
    assert normalised(moving("MPO")).notes == ()
    assert normalised(moving("TIFF")).notes == ("Only its first page is used.",)


CLEAR = Image.new("RGBA", (64, 64), (0, 0, 0, 0))


def half_clear(mode: str) -> bytes:
    """Red at the left; at the right nothing, with black hidden under it."""
    picture = CLEAR.copy()
    picture.paste((*RED, 255), (0, 0, 32, 64))
    if mode == "P":
        return saved(picture.quantize(4, method=Image.Quantize.FASTOCTREE))
    return saved(picture)


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_a_transparent_picture_is_drawn_from_on_white_and_says_so(mode: str) -> None:
    kept, _, notes = normalised(half_clear(mode))
    assert notes == ("Where it is transparent, pictures start from white.",)
    assert opened(kept).getpixel((60, 5)) == (0, 0, 0, 0), "what is kept is what was sent"
    for size in (None, (64, 64), (32, 32)):
        sent = opened(for_node(kept, size, mask=False, on_paper=True))
        assert sent.mode == "RGB"
        assert sent.getpixel((sent.width - 2, 2)) == (255, 255, 255)
        assert sent.getpixel((2, 2)) == pytest.approx(RED, abs=3)


def test_an_opaque_picture_with_alpha_is_sent_as_it_came() -> None:
    content = saved(Image.new("RGBA", (64, 64), (*RED, 255)))
    assert normalised(content).notes == ()
    assert for_node(content, (64, 64), mask=False, on_paper=True) is content


def test_transparency_of_16_bit_grey_lies_on_white_too() -> None:
    content = ramp_of_sixteen_bits(GREY, chunk(b"tRNS", b"\0\0"))  # black is transparent
    sent = opened(for_node(content, None, mask=False, on_paper=True))
    assert levels(sent)[0] == 255


def workflow(loader: str, *links: object) -> Workflow:
    graph = {
        "1": {"class_type": loader, "inputs": {"image": "{{image}}"}},
        **{str(10 + n): {"class_type": "Use", "inputs": {"it": link}} for n, link in enumerate(links)},
    }
    parameter = Parameter(name="image", kind=ParameterKind.IMAGE)
    return Workflow(
        name="x",
        description="",
        families=frozenset({"sd15"}),
        operation=Operation.IMG2IMG,
        parameters={"image": parameter},
        template=graph,
        file="x.json",
    )


def test_transparency_counts_where_a_graph_takes_it_or_its_loader_is_unknown() -> None:
    assert not uses_alpha(workflow("LoadImage", ["1", 0]), "image")
    assert uses_alpha(workflow("LoadImage", ["1", 0], ["1", 1]), "image")
    assert uses_alpha(workflow("LoadImageWithAlpha", ["1", 0]), "image")


def test_a_png_header_alone_is_no_picture() -> None:
    with pytest.raises(BrokenPicture):
        normalised(png_of(header(64, 64), b""))
