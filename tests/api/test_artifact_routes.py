"""Uploads: what is a harmless picture is kept, everything else is refused by its parameter's name."""

import asyncio
import io
import os
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from PIL import Image

from tests.api.conftest import Studio
from tests.fakes import FakeClock, png
from tests.pictures import GREY, chunk, header, levels, opened, png_of, progressive, ramp_of_sixteen_bits
from tests.waiting import HANG_SECONDS, deadline
from vibes.api.http.bodies import MAX_UPLOAD_BYTES
from vibes.environment.durable_files import unfinished
from vibes.media_stores.folder import FolderMediaStore
from vibes.ports.media import StoredFile
from vibes.services.media.artifact_store import UNUSED_SECONDS, ArtifactStore
from vibes.services.media.image_codec import Normalised, normalised


def encoded(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "olive").save(content, kind, **options)
    return content.getvalue()


def claims(width: int, height: int) -> bytes:
    """A PNG whose header promises far more than it holds."""
    return png_of(header(width, height), b"\0" * 1000)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
async def test_a_picture_is_kept_and_comes_back_as_png(studio: Studio, kind: str) -> None:
    response = await studio.http.post("/api/artifacts", files={"file": ("my ../../x.png", encoded(kind), "image/x")})
    assert response.status_code == 201, response.text
    artifact = response.json()
    assert (artifact["width"], artifact["height"]) == (40, 30)
    back = await studio.http.get(f"/api/artifacts/{artifact['artifact_id']}")
    assert back.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(back.content)).size == (40, 30)
    again = await studio.http.post("/api/artifacts", files={"file": ("y", encoded(kind))})
    assert again.json() == artifact, "the same content is the same artifact"


async def test_a_photograph_is_turned_upright_and_loses_its_metadata(studio: Studio) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where I live"
    response = await studio.http.post("/api/artifacts", files={"file": ("p", encoded("JPEG", exif=exif.tobytes()))})
    assert (response.json()["width"], response.json()["height"]) == (30, 40)
    back = await studio.http.get(f"/api/artifacts/{response.json()['artifact_id']}")
    assert b"where I live" not in back.content


async def test_a_depth_map_of_16_bits_stays_a_ramp(studio: Studio) -> None:
    response = await studio.http.post("/api/artifacts", files={"file": ("depth.png", ramp_of_sixteen_bits(GREY))})
    kept = await studio.http.get(f"/api/artifacts/{response.json()['artifact_id']}")
    assert levels(opened(kept.content)) == pytest.approx([0, 4, 8, 64, 129, 255], abs=2)


async def test_a_picture_with_a_broken_exif_is_a_picture(studio: Studio) -> None:
    content = png_of(header(64, 100), (b"\0" + b"\0\0\0" * 64) * 100, chunk(b"eXIf", b"\xff" * 100_000))
    response = await studio.http.post("/api/artifacts", files={"file": ("bad-exif.png", content)})
    assert (response.status_code, response.json()["height"]) == (201, 100), response.text


async def test_what_is_not_used_of_a_file_is_said(studio: Studio) -> None:
    still = await studio.http.post("/api/artifacts", files={"file": ("x", png())})
    assert still.json()["notes"] == []
    moving = encoded("GIF", save_all=True, append_images=[Image.new("RGB", (40, 30), "navy")])
    response = await studio.http.post("/api/artifacts", files={"file": ("x.png", moving)})
    assert response.json()["notes"] == ["Only the first picture of the animation is used."]


HARMFUL = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "empty": b"",
    "truncated": png()[:-30],
    "claims 10 gigapixels": claims(100_000, 100_000),
    "bomb": claims(9_000, 9_000),
    "text": b"hello",
}


@pytest.mark.parametrize("content", HARMFUL.values(), ids=list(HARMFUL))
async def test_what_is_no_harmless_picture_is_refused(studio: Studio, content: bytes) -> None:
    response = await studio.http.post("/api/artifacts", files={"file": ("picture.png", content, "image/png")})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_picture"), response.text
    assert response.json()["errors"][0]["field"] == "file"
    assert not list((studio.folder / "data").rglob("artifacts/*"))


async def test_uploads_that_take_long_hold_up_no_picture(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """As six progressive JPEGs did, each of which took ten seconds of a thread that the disk was waiting for."""
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(content: bytes) -> Normalised:
        begun.release()
        go_on.wait(HANG_SECONDS)
        return normalised(content)

    monkeypatch.setattr("vibes.services.media.artifact_store.normalised", slow)
    uploads = [
        asyncio.create_task(studio.http.post("/api/artifacts", files={"file": ("x", png((number, 0, 0)))}))
        for number in range(40)
    ]
    async with deadline():
        await asyncio.to_thread(begun.acquire)
        asked = await studio.http.post("/api/generate/batch", json={"prompt": "x", "model_family": "sd15", "count": 4})
        batch = await studio.finished_batch(asked.json()["batch_id"])
        assert {each["status"] for each in batch["generations"]} == {"complete"}
        assert (await studio.http.get("/healthz")).status_code == 200
        assert not any(upload.done() for upload in uploads)
        go_on.set()
        assert {response.status_code for response in await asyncio.gather(*uploads)} == {201}


async def test_a_jpeg_that_paints_its_pixels_hundreds_of_times_is_refused_in_a_sentence(studio: Studio) -> None:
    refused = await studio.http.post("/api/artifacts", files={"file": ("x.jpg", progressive(300, side=8000))})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_picture")
    assert "which takes too long; save it as an ordinary JPEG or as PNG" in refused.json()["detail"]


async def test_size_and_form_are_checked_before_the_content(studio: Studio) -> None:
    claim = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(10 * 1024**3)}
    response = await studio.http.post("/api/artifacts", content=b"", headers=claim)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    large = await studio.http.post("/api/artifacts", files={"file": ("x", b"\0" * (MAX_UPLOAD_BYTES + 1))})
    assert large.status_code == 413
    as_json = await studio.http.post("/api/artifacts", json={"file": "x"})
    assert (as_json.status_code, as_json.json()["code"]) == (415, "multipart_required")
    nothing = await studio.http.post("/api/artifacts", files={"picture": ("x", png())})
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "file")
    for unknown in ("0" * 64, "..%2Fvibes.db", "x"):
        assert (await studio.http.get(f"/api/artifacts/{unknown}")).status_code == 404


async def nothing_is_named(artifact_ids: Collection[str]) -> Collection[str]:
    return ()


async def test_a_sweep_tells_only_what_it_deleted_and_takes_what_a_killed_hub_had_begun(tmp_path: Path) -> None:
    class UsedMeanwhile(FolderMediaStore):
        """An upload is used after the sweep has listed it."""

        async def list(self, prefix: str) -> Sequence[StoredFile]:
            found = await super().list(prefix)
            await self.touch(f"{used}.png")
            return found

    begun, used, unused = ("0" * 64, "1" * 64, "2" * 64)
    clock = FakeClock()
    store = UsedMeanwhile(tmp_path, clock)
    await store.put({f"{used}.png": png(), f"{unused}.png": png()})
    part = unfinished(tmp_path / f"{begun}.png")
    part.write_bytes(b"hal")
    os.utime(part, (clock.now().timestamp(), clock.now().timestamp()))
    clock.advance(UNUSED_SECONDS + 1)
    artifacts = ArtifactStore(store, clock)
    assert sorted(await artifacts.sweep(nothing_is_named)) == [begun, unused]
    assert [file.key for file in await store.list("")] == [f"{used}.png"]
