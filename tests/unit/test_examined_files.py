"""Every kind of file is known by its own bytes; what is cut, broken or something else never passes."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vibes.api.http.file_parts import Part, part_asked_for
from vibes.documents.exif_texts import MAX_TAGS, MAX_TEXT_BYTES, MAX_TOTAL_BYTES, exif_texts
from vibes.documents.image_header import MAX_GIF_PIECES, memory_needed, read_header
from vibes.domain.errors import NodeMisbehaved, OutputRefused
from vibes.domain.pictures.media_type import MediaType, media_type_of
from vibes.nodes.comfyui.orders.origin import graph_in, own
from vibes.services.media.examination import examine
from vibes.services.media.video_header import MAX_PARTS, BrokenVideo, size_of_mp4, size_of_webm

CLIPS = Path(__file__).parents[2] / "backend" / "vibes" / "simulator" / "data"
GRAPH = '{"3": {"class_type": "KSampler", "inputs": {"seed": 7}}}'
MODEL_TAG = 0x0110


def encoded(kind: str, frames: int = 1, text: str | None = None) -> bytes:
    images = [Image.new("RGB", (40, 30), (60 * number, 90, 200 - 60 * number)) for number in range(frames)]
    options: dict[str, object] = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    if text is not None:
        exif = Image.Exif()
        exif[MODEL_TAG] = text
        options["exif"] = exif
    buffer = io.BytesIO()
    images[0].save(buffer, kind, **options)
    return buffer.getvalue()


FILES = {
    "PNG": (encoded("PNG"), MediaType.PNG, (40, 30)),
    "animated PNG": (encoded("PNG", 3), MediaType.PNG, (40, 30)),
    "JPEG": (encoded("JPEG"), MediaType.JPEG, (40, 30)),
    "WebP": (encoded("WEBP"), MediaType.WEBP, (40, 30)),
    "animated WebP": (encoded("WEBP", 3), MediaType.WEBP, (40, 30)),
    "GIF": (encoded("GIF"), MediaType.GIF, (40, 30)),
    "animated GIF": (encoded("GIF", 3), MediaType.GIF, (40, 30)),
    "MP4": ((CLIPS / "clip.mp4").read_bytes(), MediaType.MP4, (96, 64)),
    "WebM": ((CLIPS / "clip.webm").read_bytes(), MediaType.WEBM, (96, 64)),
}


@pytest.mark.parametrize(("content", "media_type", "size"), FILES.values(), ids=FILES)
def test_a_whole_file_is_kept_byte_for_byte_with_its_size_and_a_small_jpeg(
    content: bytes, media_type: MediaType, size: tuple[int, int]
) -> None:
    examined = examine(content)
    assert (examined.media_type, examined.width, examined.height) == (media_type, *size)
    assert examined.content == content
    with Image.open(io.BytesIO(examined.thumbnail)) as small:
        assert (small.format, max(small.size) <= 256) == ("JPEG", True)


@pytest.mark.parametrize(("content", "media_type"), [each[:2] for each in FILES.values()], ids=FILES)
@given(cut=st.integers(1, 200))
def test_a_file_that_is_cut_anywhere_is_refused(content: bytes, media_type: MediaType, cut: int) -> None:
    with pytest.raises((NodeMisbehaved, OutputRefused)):
        examine(content[: -min(cut, len(content))])


@pytest.mark.parametrize("content", [each[0] for each in FILES.values()], ids=FILES)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_file_with_a_changed_byte_is_kept_or_refused_and_breaks_nothing(
    content: bytes, place: int, value: int
) -> None:
    changed = bytearray(content)
    changed[place % len(content)] = value
    try:
        examined = examine(bytes(changed))
    except (NodeMisbehaved, OutputRefused):
        return
    assert examined.width > 0
    assert examined.media_type is media_type_of(examined.content)


@given(st.binary(max_size=300))
def test_no_bytes_break_what_reads_videos_and_exif(content: bytes) -> None:
    for read in (size_of_mp4, size_of_webm):
        with pytest.raises(BrokenVideo):
            read(content)
    exif = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(content) + 8) + b"Exif\0\0" + content
    list(exif_texts(exif))
    list(exif_texts(b"RIFF\0\0\0\0WEBPEXIF" + struct.pack("<I", len(content)) + content))


def test_an_exif_of_many_tags_for_the_same_bytes_is_read_within_limits() -> None:
    """8 MB that are read two hundred times take 11 s, and as many EXIFs as fit into a file take minutes."""
    size = MAX_TEXT_BYTES
    place = 8 + 2 + MAX_TAGS * 12
    table = b"II*\0" + struct.pack("<IH", 8, MAX_TAGS) + struct.pack("<HHII", MODEL_TAG, 2, size, place) * MAX_TAGS
    chunk = b"EXIF" + struct.pack("<I", place + size) + table + b"prompt:".ljust(size, b"[")
    assert sum(len(text) for _, text in exif_texts(b"RIFF\0\0\0\0WEBP" + chunk + chunk)) <= MAX_TOTAL_BYTES


SMALL_GIF = encoded("GIF")
IN_MANY_PIECES = {
    "a GIF": SMALL_GIF[:-1] + b"\x21\xfe" + b"\x01a" * MAX_GIF_PIECES + b"\0;",
    "an MP4": FILES["MP4"][0] + struct.pack(">I4s", 8, b"free") * MAX_PARTS,
    "a WebM": b"\x1aE\xdf\xa3\x88\x42\x82\x84webm\xec"
    + b"\x18\x53\x80\x67\x01"
    + b"\xff" * 7
    # Each list of tracks is short, all together are not.
    + (b"\x16\x54\xae\x6b\x45\xdc" + b"\xae\x80" * 750) * 700,
}


@pytest.mark.parametrize("content", IN_MANY_PIECES.values(), ids=IN_MANY_PIECES)
def test_a_file_in_more_pieces_than_programs_write_is_refused_before_they_are_all_read(content: bytes) -> None:
    with pytest.raises(NodeMisbehaved, match="in more than"):
        examine(content)


def test_a_gif_needs_the_memory_of_its_first_frame_which_may_be_larger_than_its_canvas() -> None:
    frame = SMALL_GIF.index(b"\x2c\0\0\0\0")
    larger = SMALL_GIF[: frame + 1] + struct.pack("<HHHH", 100, 0, 6000, 5000) + SMALL_GIF[frame + 9 :]
    header = read_header(larger)
    assert header is not None
    assert (header.width, header.height) == (6100, 5000)
    assert memory_needed(larger) > 100 * memory_needed(SMALL_GIF)


OTHERS = {
    "AVI": (b"RIFF\0\0\0\0AVI LIST", "AVI"),
    "Matroska": (FILES["WebM"][0].replace(b"webm", b"matr"), "Matroska"),
    "QuickTime": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "qt (ISO media)"),
    "AVIF": (b"\0\0\0\x14ftypavif\0\0\0\0avif", "avif (ISO media)"),
    "TIFF": (encoded("TIFF"), "TIFF"),
}


@pytest.mark.parametrize(("content", "name"), OTHERS.values(), ids=OTHERS)
def test_another_kind_of_file_is_named(content: bytes, name: str) -> None:
    with pytest.raises(OutputRefused) as refusal:
        examine(content)
    assert f"saves {name} files" in refusal.value.message


def test_a_video_of_sound_alone_has_nothing_to_show() -> None:
    movie = struct.pack(">I4s", 8, b"moov")
    with pytest.raises(NodeMisbehaved, match="no moving picture"):
        examine(struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + movie)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("mark", ["prompt:", "Prompt: "])
def test_a_graph_in_exif_is_read_and_held_against_what_was_sent(kind: str, mark: str) -> None:
    content = encoded(kind, text=f"{mark}{GRAPH}")
    carried = graph_in(content)
    assert carried is not None
    assert carried["3"]["inputs"]["seed"] == 7
    assert own(content, carried) is content
    with pytest.raises(NodeMisbehaved, match="seed 7 instead of 8"):
        own(content, {"3": {"class_type": "KSampler", "inputs": {"seed": 8}}})


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("text", [None, "prompt:no graph", "Canon EOS", f"workflow:{GRAPH}"])
def test_what_carries_no_graph_is_taken_as_it_is(kind: str, text: str | None) -> None:
    content = encoded(kind, text=None if kind == "GIF" else text)
    assert graph_in(content) is None
    assert own(content, {"3": {"class_type": "KSampler", "inputs": {"seed": 8}}}) is content


def test_of_a_table_without_end_only_so_many_tags_are_looked_at() -> None:
    entry = struct.pack("<HHI4s", MODEL_TAG, 2, 2, b"a\0\0\0")
    exif = b"II*\0\x08\0\0\0" + struct.pack("<H", 60_000) + entry * 60_000
    content = b"RIFF\0\0\0\0WEBPEXIF" + struct.pack("<I", len(exif)) + exif
    assert len(list(exif_texts(content))) == MAX_TAGS


ASKED: list[tuple[str | None, Part | None]] = [
    (None, None),
    ("bytes=0-9", Part(0, 10)),
    ("bytes=90-", Part(90, 10)),
    ("bytes=90-500", Part(90, 10)),
    ("bytes=-30", Part(70, 30)),
    ("bytes=-500", Part(0, 100)),
    ("bytes=0-9,20-29", None),
    ("bytes=-", None),
    ("bytes=9-3", None),
    ("lines=0-9", None),
    ("bytes=0-" + "9" * 30, None),
]


@pytest.mark.parametrize(("asked", "part"), ASKED)
def test_a_range_means_a_part_of_the_file(asked: str | None, part: Part | None) -> None:
    assert part_asked_for(asked, 100) == part


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_range_of_nothing_is_refused(asked: str) -> None:
    with pytest.raises(ValueError, match="in a file of 100"):
        part_asked_for(asked, 100)


@given(first=st.integers(0, 400), last=st.integers(0, 400), size=st.integers(0, 300))
def test_no_part_reaches_beyond_the_file(first: int, last: int, size: int) -> None:
    asks: list[Callable[[], Part | None]] = [
        lambda: part_asked_for(f"bytes={first}-{last}", size),
        lambda: part_asked_for(f"bytes={first}-", size),
        lambda: part_asked_for(f"bytes=-{last}", size),
    ]
    for ask in asks:
        try:
            part = ask()
        except ValueError:
            continue
        assert part is None or (part.length > 0 and part.start >= 0 and part.start + part.length <= size)
