"""Files that are cut off, damaged or made to harm: what is told of them is what still stands in them, and no reader
ends or takes more than the file is worth."""

import struct
import zlib
from collections.abc import Iterator

import pytest

from tests.pictures import chunk
from tests.recipes.a1111_pictures import A1111
from tests.recipes.containers import (
    MAKE,
    USER_COMMENT,
    comment,
    hiding,
    international,
    jpeg,
    packed_text,
    plain_text,
    png,
    raw_profile,
    riff,
    riff_pieces,
    segment,
    tiff,
    webp,
    xmp_with,
)
from tests.recipes.harmless import assert_harmless
from vibes.documents.png_texts import MAX_TEXT_BYTES, MAX_TOTAL_BYTES
from vibes.recipes.reading import read_recipe
from vibes.recipes.told import told_by
from vibes.services.media.hidden_texts import hidden_text

XMP = xmp_with('{"c": "a fox", "uc": "text", "seed": 5}', "Draw Things")
GRAPH = b'prompt:{"1":{"class_type":"KSampler","inputs":{"seed":5}}}'
SHORT = "a fox\nSteps: 9, Sampler: Euler, Seed: 5, Size: 64x64"
FILES = {
    "PNG, plain text": png({"parameters": SHORT}),
    "PNG, packed text": png(None, packed_text("parameters", SHORT.encode())),
    "PNG, international text": png(None, international("parameters", SHORT)),
    "PNG, packed international text": png(None, international("parameters", SHORT, packed=True)),
    "PNG, EXIF": png(None, chunk(b"eXIf", comment(SHORT))),
    "PNG, EXIF of ImageMagick": raw_profile(b"Exif\0\0" + comment(SHORT)),
    "PNG, XMP": png({"XML:com.adobe.xmp": XMP}),
    "JPEG, EXIF": jpeg(exif=comment(SHORT)),
    "JPEG, EXIF in the other byte order": jpeg(exif=tiff({MAKE: GRAPH}, order="<")),
    "JPEG, comment": jpeg(comments=(SHORT.encode(),)),
    "JPEG, XMP": jpeg(xmp=XMP),
    "WebP, EXIF": webp(exif=comment(SHORT)),
    "WebP, XMP": webp(xmp=XMP),
}
EACH = pytest.mark.parametrize("content", FILES.values(), ids=list(FILES))


@EACH
def test_a_file_cut_anywhere_tells_what_is_still_in_it(content: bytes) -> None:
    whole = read_recipe(content)
    assert whole is not None
    told = [read_recipe(content[:length]) for length in range(len(content))]
    for recipe in told:
        assert_harmless(recipe)
    assert told[:12] == [None] * 12, "nothing stands in the first bytes"


@EACH
@pytest.mark.parametrize("byte", [0, 0xFF])
def test_a_wrong_byte_anywhere_ends_no_reader(content: bytes, byte: int) -> None:
    """Also in lengths, counts, places, types and names."""
    for place in range(len(content)):
        assert_harmless(read_recipe(content[:place] + bytes((byte,)) + content[place + 1 :]))


@pytest.mark.parametrize("length", [0, 1, 11, 2**31, 2**32 - 1])
def test_a_wrong_length_of_a_chunk_is_that_chunks_fault(length: int) -> None:
    text = plain_text("parameters", A1111.encode())
    broken = struct.pack(">I", length) + text[4:]
    assert_harmless(read_recipe(png(None, broken)))
    before = read_recipe(png(None, text, broken))
    assert before is not None
    assert before.settings.seed == 4294967295


def test_a_wrong_checksum_does_not_hide_a_text() -> None:
    text = plain_text("parameters", A1111.encode())
    recipe = read_recipe(png(None, text[:-4] + b"oops"))
    assert recipe is not None
    assert recipe.settings.seed == 4294967295


@pytest.mark.parametrize("size", [0, 1, 11, 2**31, 2**32 - 1])
def test_a_webp_is_read_whatever_size_it_says_that_it_has(size: int) -> None:
    content = webp(exif=comment(A1111))
    recipe = read_recipe(content[:4] + struct.pack("<I", size) + content[8:])
    assert recipe is not None
    assert recipe.settings.seed == 4294967295


@pytest.mark.parametrize("size", [0, 5, 2**31, 2**32 - 1])
def test_a_wrong_size_in_a_webp_ends_no_reader(size: int) -> None:
    content = webp(exif=comment(A1111))
    for place in (each for each in range(12, len(content)) if content[each : each + 4] in {b"VP8X", b"VP8L", b"EXIF"}):
        assert_harmless(read_recipe(content[: place + 4] + struct.pack("<I", size) + content[place + 8 :]))


def test_the_last_piece_of_a_webp_may_lack_the_byte_that_makes_it_even() -> None:
    pieces = [(kind, part) for kind, part in riff_pieces(webp(exif=comment(A1111, tail=b"\0")))]
    content = riff(pieces)
    for each in (content, content[:-1]):
        recipe = read_recipe(each)
        assert recipe is not None
        assert recipe.settings.prompt == "a red fox, snow"


@pytest.mark.parametrize("length", [0, 1, 2, 3, 0xFFFF])
def test_a_wrong_length_in_a_jpeg_is_that_segments_fault(length: int) -> None:
    good = segment(0xFE, A1111.encode())
    broken = struct.pack(">BBH", 0xFF, 0xFE, length) + good[4:]
    content = jpeg()
    assert_harmless(read_recipe(content[:2] + broken + content[2:]))
    recipe = read_recipe(content[:2] + good + broken + content[2:])
    assert recipe is not None
    assert recipe.settings.seed == 4294967295


def _bombs() -> Iterator[tuple[str, bytes]]:
    body = zlib.compress(b" " * (MAX_TEXT_BYTES + 1))
    yield "a packed text", chunk(b"zTXt", b"parameters\0\0" + body)
    yield "a packed international text", chunk(b"iTXt", b"parameters\0\1\0\0\0" + body)
    yield "many packed texts", chunk(b"zTXt", b"x\0\0" + zlib.compress(b" " * (MAX_TEXT_BYTES // 2))) * 120


@pytest.mark.parametrize("bomb", [each for _, each in _bombs()], ids=[name for name, _ in _bombs()])
def test_what_unpacks_to_far_too_much_is_left_out(bomb: bytes) -> None:
    text = plain_text("parameters", A1111.encode())
    told = told_by(png(None, text, bomb))
    assert sum(len(each) for texts in told.texts.values() for each in texts) <= MAX_TOTAL_BYTES
    recipe = read_recipe(png(None, text, bomb))
    assert recipe is not None
    assert recipe.settings.seed == 4294967295


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("place", [0, 1, 7, 8, 10, 200, 2**31, 2**32 - 1])
def test_a_table_of_exif_that_leads_to_itself_or_out_of_the_file_is_left(order: str, place: int) -> None:
    exif = bytearray(comment(A1111, order=order))
    link = exif.index(struct.pack(f"{order}HHI", 0x8769, 4, 1)) + 8
    struct.pack_into(f"{order}I", exif, link, place)
    for content in (jpeg(exif=bytes(exif)), webp(exif=bytes(exif))):
        assert_harmless(read_recipe(content))
    struct.pack_into(f"{order}I", exif, 4, place)
    assert_harmless(read_recipe(jpeg(exif=bytes(exif))))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("size", [0, 1, 5, 2**31, 2**32 - 1])
@pytest.mark.parametrize("place", [0, 8, 2**31, 2**32 - 1])
def test_a_comment_that_says_to_stand_elsewhere_is_left(order: str, size: int, place: int) -> None:
    exif = bytearray(comment(A1111, order=order))
    entry = exif.index(struct.pack(f"{order}HH", USER_COMMENT, 7)) + 4
    struct.pack_into(f"{order}II", exif, entry, size, place)
    assert_harmless(read_recipe(jpeg(exif=bytes(exif))))


def test_many_tags_that_name_one_text_cost_a_limited_time() -> None:
    """65,535 of them, each with the same 60 kB."""
    text = b"x" * 60_000
    rows = struct.pack(">HHII", MAKE, 2, len(text), 10) * 5_000
    exif = b"MM\0*" + struct.pack(">I", 10 + len(text)) + b"\0\0" + text + struct.pack(">H", 65_535) + rows
    told = told_by(webp(exif=exif))
    assert sum(map(len, told.texts.values())) <= 200


@pytest.mark.parametrize(
    "body",
    [
        b"UNICODE\0" + b"\xd8\x00\x00a" * 40,
        b"UNICODE\0" + b"\xdc\x00" * 40,
        b"UNICODE\0",
        b"UNICODE\0a",
        b"UNICODE\0\xff\xfe",
        b"UNICODE\0\xff\xfea",
        b"ASCII\0\0\0\xff\xfe\xfd\nSteps: 1, Seed: 2, Size: 8x8",
        b"JIS\0\0\0\0\0\x1b$B",
        b"\0" * 8,
        b"",
    ],
)
def test_a_comment_in_no_encoding_tells_nothing_that_cannot_be_written_on(body: bytes) -> None:
    for content in (jpeg(exif=tiff({}, {USER_COMMENT: body})), webp(exif=tiff({USER_COMMENT: body}))):
        assert_harmless(read_recipe(content))


@pytest.mark.parametrize(
    "text", [b"\xff\xfe\nSteps: 9, Seed: 1", b"\xed\xa0\x80\nSteps: 9, Seed: 1", b"\xc3\nSteps: 9, Seed: 1"]
)
def test_texts_that_are_no_utf_8_are_told_with_other_signs(text: bytes) -> None:
    body = b"parameters\0\0\0\0\0" + text
    for content in (png(None, chunk(b"iTXt", body)), png(None, plain_text("parameters", text)), jpeg(comments=(text,))):
        recipe = read_recipe(content)
        assert recipe is not None
        assert recipe.settings.steps == 9
        assert_harmless(recipe)


def test_a_text_in_the_pixels_may_be_damaged_anywhere() -> None:
    content = hiding(A1111)
    for length in range(0, len(content), 7):
        hidden_text(content[:length])
    for place in range(0, len(content), 5):
        hidden_text(content[:place] + b"\xff" + content[place + 1 :])
