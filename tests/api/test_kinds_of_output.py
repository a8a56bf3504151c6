"""Whatever an imported workflow saves is kept as it came, all of it, and served as what it is."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.api.conftest import Studio
from tests.api.machines import DREAMSHAPER, ask, drawn, machines
from vibes.nodes.comfyui.orders.origin import graph_in

PACKS = ("comfy-extras", "ComfyUI-VideoHelperSuite", "was-node-suite-comfyui")
ANIMATED_WEBP = {"fps": 8.0, "lossless": False, "quality": 80, "method": "fastest"}
VHS = {"frame_rate": 8.0, "loop_count": 0, "pingpong": False, "save_output": True}


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}, packs=PACKS) as made:
        yield made


def graph(*savers: tuple[str, Mapping[str, Any]], batch_size: int = 1) -> dict[str, Any]:
    """As ComfyUI exports it: one picture or several, and whoever saves them."""

    def box(class_type: str, **inputs: Any) -> dict[str, Any]:
        return {"class_type": class_type, "inputs": inputs}

    sampling = {"seed": 1, "steps": 2, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
    return {
        "4": box("CheckpointLoaderSimple", ckpt_name=DREAMSHAPER),
        "5": box("EmptyLatentImage", width=96, height=64, batch_size=batch_size),
        "6": box("CLIPTextEncode", text="a cat", clip=["4", 1]),
        "7": box("CLIPTextEncode", text="", clip=["4", 1]),
        "3": box("KSampler", model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0], **sampling),
        "8": box("VAEDecode", samples=["3", 0], vae=["4", 2]),
        **{
            str(number): box(class_type, images=["8", 0], filename_prefix=f"out{number}", **inputs)
            for number, (class_type, inputs) in enumerate(savers, start=9)
        },
    }


async def made_by(studio: Studio, *savers: tuple[str, Mapping[str, Any]], **given: Any) -> dict[str, Any]:
    body = {"name": "mine", "graph": graph(*savers, **given), "family": "sd15"}
    imported = await studio.http.post("/api/workflows/import", json=body)
    assert imported.status_code == 201, imported.json()
    return await drawn(studio, workflow="mine", seed=11)


KINDS = {
    "animated WebP": ("SaveAnimatedWEBP", ANIMATED_WEBP, "image/webp", ".webp", True),
    "WebM": ("SaveWEBM", {"codec": "vp9", "fps": 8.0, "crf": 32.0}, "video/webm", ".webm", False),
    "GIF": ("VHS_VideoCombine", {**VHS, "format": "image/gif"}, "image/gif", ".gif", False),
    "MP4": ("VHS_VideoCombine", {**VHS, "format": "video/h264-mp4"}, "video/mp4", ".mp4", False),
    "JPEG": ("Image Save", {"extension": "jpg", "quality": 90}, "image/jpeg", ".jpg", True),
    "WebP": ("Image Save", {"extension": "webp", "quality": 90}, "image/webp", ".webp", True),
}


@pytest.mark.parametrize(("saver", "inputs", "media_type", "suffix", "carries"), KINDS.values(), ids=KINDS)
async def test_each_kind_is_kept_and_served_as_it_came(
    studio: Studio, saver: str, inputs: Mapping[str, Any], media_type: str, suffix: str, carries: bool
) -> None:
    made = await made_by(studio, (saver, inputs), batch_size=3 if saver != "Image Save" else 1)
    [image] = made["images"]
    assert (image["media_type"], image["index"], image["graph_node"]) == (media_type, 0, "9")
    assert (image["width"], image["height"]) == (96, 64)
    assert image["url"] == made["image_url"]
    answer = await studio.http.get(image["url"])
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-disposition" not in answer.headers, "else it would win over the name that the studio gives"
    assert hashlib.sha256(answer.content).hexdigest() == image["sha256"]
    assert len(answer.content) == image["size_bytes"]
    carried = graph_in(answer.content)
    assert (carried is not None) == carries
    if carried is not None:
        assert carried["3"]["inputs"]["seed"] == 11
    thumbnail = await studio.http.get(image["thumbnail_url"])
    assert thumbnail.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(thumbnail.content)) as small:
        assert max(small.size) <= 256
    archive = await studio.http.post("/api/generations/archive", json={"ids": [made["id"]]})
    with zipfile.ZipFile(io.BytesIO(archive.content)) as packed:
        [name] = packed.namelist()
        assert name.endswith(suffix)
        assert packed.read(name) == answer.content
    assert (await studio.http.get(f"/api/generations/{made['id']}/graph")).json()["3"]["inputs"]["seed"] == 11


async def test_two_savers_of_two_pictures_come_to_four_images_in_their_order(studio: Studio) -> None:
    made = await made_by(studio, ("SaveImage", {}), ("Image Save", {"extension": "jpg", "quality": 90}), batch_size=2)
    told = [(each["index"], each["media_type"], each["graph_node"]) for each in made["images"]]
    assert told == [(0, "image/png", "9"), (1, "image/png", "9"), (2, "image/jpeg", "10"), (3, "image/jpeg", "10")]
    contents = [await studio.http.get(each["url"]) for each in made["images"]]
    assert [each.headers["content-type"] for each in contents] == [each["media_type"] for each in made["images"]]
    assert len({each.content for each in contents}) == 4
    assert contents[0].content == (await studio.http.get(made["image_url"])).content
    for each in made["images"]:
        assert (await studio.http.get(each["thumbnail_url"])).status_code == 200
    archive = await studio.http.post("/api/generations/archive", json={"ids": [made["id"]]})
    with zipfile.ZipFile(io.BytesIO(archive.content)) as packed:
        assert [name.rpartition("_")[2] for name in packed.namelist()] == [
            f"{made['id'][:8]}{end}" for end in (".png", "-2.png", "-3.jpg", "-4.jpg")
        ]
    for beyond in (4, -1, 10**9):
        refused = await studio.http.get(f"{made['image_url']}/{beyond}")
        assert (refused.status_code, refused.json()["code"]) == (404, "no_image")
    folder = studio.folder / "data" / "images" / made["session_id"]
    assert len(list(folder.iterdir())) == 8
    await studio.http.post("/api/generations/discard", json={"ids": [made["id"]]})
    await studio.http.delete(f"/api/sessions/{made['session_id']}")
    await studio.hub.sessions.delete(made["session_id"])
    assert not folder.exists()


async def test_a_player_gets_the_part_of_a_video_that_it_asks_for(studio: Studio) -> None:
    made = await made_by(studio, ("VHS_VideoCombine", {**VHS, "format": "video/h264-mp4"}))
    whole = await studio.http.get(made["image_url"])
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    size = len(whole.content)
    for asked, start, end in (("0-99", 0, 99), ("100-", 100, size - 1), ("-50", size - 50, size - 1)):
        part = await studio.http.get(made["image_url"], headers={"Range": f"bytes={asked}"})
        assert (part.status_code, part.headers["content-range"]) == (206, f"bytes {start}-{end}/{size}")
        assert part.content == whole.content[start : end + 1]
    beyond = await studio.http.get(made["image_url"], headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    other = await studio.http.get(made["image_url"], headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (other.status_code, len(other.content)) == (200, size)


@pytest.mark.parametrize("which", ["image_url", "thumbnail_url"])
async def test_programs_that_mirror_pictures_get_their_date_and_parts_by_it(studio: Studio, which: str) -> None:
    made = await made_by(studio, ("SaveImage", {}))
    whole = await studio.http.get(made[which])
    written = parsedate_to_datetime(whole.headers["last-modified"])
    completed = datetime.fromisoformat(made["completed_at"])
    assert timedelta(0) <= completed.replace(microsecond=0) - written < timedelta(minutes=1)
    assert whole.headers["accept-ranges"] == "bytes"
    for known, status in ((whole.headers["last-modified"], 206), ("Sat, 01 Jan 2000 00:00:00 GMT", 200)):
        part = await studio.http.get(made[which], headers={"Range": "bytes=5-8", "If-Range": known})
        assert part.status_code == status
        assert part.content == (whole.content[5:9] if status == 206 else whole.content)
    head = await studio.http.head(made[which])
    assert head.headers["last-modified"] == whole.headers["last-modified"]


async def test_what_the_hub_does_not_keep_is_refused_with_its_reason(studio: Studio) -> None:
    body = {"name": "mine", "graph": graph(("Image Save", {"extension": "bmp", "quality": 90})), "family": "sd15"}
    assert (await studio.http.post("/api/workflows/import", json=body)).status_code == 201
    _, batch = await ask(studio, workflow="mine")
    [failed] = (await studio.finished_batch(batch["batch_id"]))["generations"]
    assert failed["status"] == "failed"
    assert failed["images"] == []
    assert failed["error_message"].startswith("the workflow saves BMP files; the hub keeps PNG, JPEG")


async def test_a_picture_of_another_kind_can_be_started_from_and_a_video_cannot(studio: Studio) -> None:
    jpeg = await made_by(studio, ("Image Save", {"extension": "jpg", "quality": 90}))
    again = await drawn(studio, workflow="sd15_img2img", **{"from": [jpeg["id"]]})
    assert again["images"][0]["media_type"] == "image/png"
    body = {"name": "film", "graph": graph(("VHS_VideoCombine", {**VHS, "format": "video/webm"})), "family": "sd15"}
    assert (await studio.http.post("/api/workflows/import", json=body)).status_code == 201
    film = await drawn(studio, workflow="film")
    status, refused = await ask(studio, workflow="sd15_img2img", **{"from": [film["id"]]})
    assert (status, refused["code"]) == (404, "no_image")
    assert "is a video, and nothing starts from one" in refused["detail"]
