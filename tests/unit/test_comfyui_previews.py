"""Previews from a node: whose they are, and which of them a browser is made to decode."""

import io
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.unit.test_comfyui_messages import A, B, read_all, text
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import AttemptEnded, AttemptPreview, AttemptStarted, NodeEvent
from vibes.nodes.comfyui.reading.messages import FrameReader
from vibes.nodes.comfyui.reading.preview import LARGEST_PREVIEW, preview_type


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", size, (80, 120, 160)).save(encoded, kind, **options)
    return encoded.getvalue()


JPEG, PNG = picture(), picture("PNG")


def preview(image: bytes = JPEG, image_format: int = 1) -> bytes:
    return struct.pack(">II", 1, image_format) + image


def described(metadata: Any, image: bytes = JPEG) -> bytes:
    description = json.dumps(metadata).encode()
    return struct.pack(">II", 4, len(description)) + description + image


def while_a_runs(frame: bytes) -> list[NodeEvent]:
    reader = FrameReader()
    reader.read(text("execution_start", prompt_id=A))
    return reader.read(frame)


def test_one_without_metadata_belongs_to_the_prompt_last_heard_of() -> None:
    events = read_all(
        text("executing", node="4", prompt_id=A),
        preview(),
        text("progress", node="4", prompt_id=B, value=1, max=3),
        preview(PNG, 2),
    )
    assert [event for event in events if isinstance(event, AttemptPreview)] == [
        AttemptPreview(A, "image/jpeg", JPEG),
        AttemptPreview(B, "image/png", PNG),
    ]


def test_one_before_anything_was_heard_belongs_to_nobody() -> None:
    assert read_all(preview()) == []


def test_one_after_the_reconnects_nameless_executing_belongs_to_nobody() -> None:
    assert read_all(text("executing", node="4"), preview()) == []


def test_one_after_the_end_belongs_to_nobody() -> None:
    assert read_all(text("execution_start", prompt_id=A), text("executing", node=None, prompt_id=A), preview()) == [
        AttemptStarted(A),
        AttemptEnded(A),
    ]


def test_one_with_metadata_names_its_prompt_whatever_runs() -> None:
    assert while_a_runs(described({"prompt_id": B, "image_type": "image/png"}, PNG)) == [
        AttemptPreview(B, "image/png", PNG)
    ]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\0\0\0\1",
        preview(b""),
        struct.pack(">II", 3, 1) + b"4 text",
        struct.pack(">II", 99, 0) + JPEG,
        struct.pack(">II", 4, 1000) + b"{}",
        struct.pack(">II", 4, 2**32 - 1),
        struct.pack(">II", 4, 4) + b"\xff\xff\xff\xff" + JPEG,
        described([]),
        described({"prompt_id": None, "image_type": "image/png"}),
        described({"prompt_id": A, "image_type": "image/png"}, b""),
        described({"prompt_id": "a" * 10_000, "image_type": "image/png"}),
        described({"prompt_id": A, "image_type": "image/jpeg", "more": "a" * 20_000}),
        struct.pack(">II", 4, 12_000) + b"[" * 12_000 + JPEG,
    ],
)
def test_a_frame_that_is_none_is_passed_over(frame: bytes) -> None:
    assert while_a_runs(frame) == []


def test_what_a_picture_is_decides_and_not_what_it_is_called() -> None:
    assert while_a_runs(described({"prompt_id": A, "image_type": "text/html"}, PNG)) == [
        AttemptPreview(A, "image/png", PNG)
    ]
    assert while_a_runs(preview(JPEG, 2)) == [AttemptPreview(A, "image/jpeg", JPEG)]


NO_PREVIEWS = {
    "html": b"<script>alert(1)</script>",
    "svg": b"<svg onload=alert(1)>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "webp": picture("WEBP"),
    "gif": picture("GIF"),
    "tiff": picture("TIFF"),
    "a signature alone": PNG[:8],
    "a header cut short": PNG[:20],
    "PNG of 100,000 pixels a side": PNG[:16] + struct.pack(">II", 100_000, 100_000) + PNG[24:],
    "PNG of no pixels": PNG[:16] + struct.pack(">II", 0, 5) + PNG[24:],
    "PNG that begins with another chunk": PNG[:8] + struct.pack(">I", 13) + b"iTXt" + PNG[16:],
    "JPEG of 65,500 pixels a side": JPEG.replace(struct.pack(">HH", 48, 64), struct.pack(">HH", 65_500, 65_500)),
    "one pixel too wide": picture(size=(2049, 8)),
    "any number of scans": picture(progressive=True),
    "JPEG that never says its size": b"\xff\xd8" + b"\xff\xe0\0\x02" * 100,
    "JPEG cut before its size": JPEG[:20],
    "JPEG whose segments lead nowhere": b"\xff\xd8\xff\xe0\xff\xff" + b"\0" * 50,
    "too many bytes": PNG + bytes(LARGEST_PREVIEW),
}


@pytest.mark.parametrize("image", NO_PREVIEWS.values(), ids=NO_PREVIEWS)
def test_no_browser_is_made_to_decode_what_is_no_preview(image: bytes) -> None:
    assert preview_type(image) is None
    assert while_a_runs(preview(image)) == []
    assert while_a_runs(described({"prompt_id": A, "image_type": "image/png"}, image)) == []


@pytest.mark.parametrize("options", [{}, {"quality": 95}, {"exif": b"Exif\0\0" + bytes(900)}, {"subsampling": 0}])
def test_the_largest_that_is_let_through_is_four_times_comfyuis_own(options: dict[str, Any]) -> None:
    assert preview_type(picture(size=(2048, 2048), **options)) == "image/jpeg"
    assert preview_type(picture("PNG", size=(2048, 2048))) == "image/png"


@given(st.binary(max_size=200), st.sampled_from([b"", JPEG[:2], JPEG[:20], PNG[:8], PNG[:16]]))
def test_no_bytes_raise_anything(tail: bytes, head: bytes) -> None:
    assert preview_type(head + tail) in {None, "image/jpeg", "image/png"}


def test_a_long_text_is_a_hint_that_nobody_needs() -> None:
    """Such as an error that quotes tensors: its end is told again by a short one."""
    long = text("execution_error", prompt_id=A, current_inputs={"x": "0.1, " * 100_000})
    assert read_all(long, text("executing", node=None, prompt_id=A)) == [AttemptEnded(AttemptId(A))]
