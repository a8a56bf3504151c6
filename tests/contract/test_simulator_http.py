"""The simulator's routes around prompts: catalogue, pictures, uploads, jobs, and who is let in."""

import io
import json
import uuid
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.contract.simulator_client import CHECKPOINT, Client, png, simulated, txt2img
from tests.waiting import eventually
from vibes.simulator.setup.profiles import Family

VERSIONS = pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])


@VERSIONS
async def test_every_route_exists_under_api_as_well(version: str) -> None:
    async with simulated(comfyui_version=version) as client:
        paths = (
            "/prompt",
            "/queue",
            "/history",
            "/object_info",
            "/models",
            "/embeddings",
            "/features",
            "/system_stats",
        )
        plain = [await client.get(path) for path in paths]
        prefixed = [await client.get(f"/api{path}") for path in paths]
        async with client.session.ws_connect("/api/ws?clientId=me") as socket:
            greeting = await socket.receive_json()

    assert plain == prefixed
    assert greeting["data"]["sid"] == "me"


@VERSIONS
async def test_unknown_paths_are_404_to_read_and_405_to_write(version: str) -> None:
    async with simulated(comfyui_version=version) as client:
        async with client.session.get("/nowhere") as read:
            body = await read.read()
        assert (read.status, body, read.content_type) == (404, b"", "application/octet-stream")
        assert await client.post("/nowhere") == 405
        assert await client.post("/api/jobs/cancel", {"job_ids": []}) == (405 if version == "0.3.64" else 200)
        assert await client.status_of("/jobs") == 404


@VERSIONS
async def test_a_browser_of_another_site_is_refused(version: str) -> None:
    newer = version == "0.33.0"
    async with simulated(comfyui_version=version) as client:
        own = client.node.url
        assert await client.status_of("/queue", Origin=own) == 200
        assert await client.status_of("/queue", Origin="http://evil.example") == 403
        assert await client.status_of("/queue", Origin=f"http://localhost:{client.node.port}") == 403
        assert await client.status_of("/queue", Origin="http://127.0.0.1") == 200
        assert await client.status_of("/queue", Origin="null") == 403
        assert await client.status_of("/queue", Origin="http://evil.example", Host="gpu.example:8188") == 403
        assert await client.status_of("/queue", **{"Sec-Fetch-Site": "cross-site"}) == (403 if newer else 200)
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await client.session.ws_connect("/ws", headers={"Origin": "http://evil.example"})
        async with client.session.options("/prompt") as preflight:
            assert preflight.status == 200


async def test_a_body_over_the_limit_is_413() -> None:
    async with simulated(max_upload_bytes=1000) as client:
        async with client.session.post("/prompt", data=b" " * 2000) as response:
            assert response.status == 413
            assert await response.text() == "Maximum request body size 1000 exceeded."
        assert (await client.get("/features"))["max_upload_size"] == 1000


PROFILES = {
    "rtx-3050-ti": (["v1-5-pruned-emaonly.safetensors"], ["sd15-ink-sketch.safetensors"]),
    "rtx-3060": (
        [
            "Illustrious-XL-v0.1.safetensors",
            "ponyDiffusionV6XL.safetensors",
            "sd_xl_base_1.0.safetensors",
            "v1-5-pruned-emaonly.safetensors",
        ],
        [
            "corrupt.safetensors",
            "detail-tweaker-xl.safetensors",
            "sd15-ink-sketch.safetensors",
            "sdxl-film-grain.safetensors",
            "sdxl-watercolor.safetensors",
            "styles/pixel-art-xl.safetensors",
        ],
    ),
}


@pytest.mark.parametrize("profile", sorted(PROFILES))
async def test_a_card_lists_the_files_it_has_room_for(profile: str) -> None:
    async with simulated(profile=profile) as client:
        listed = await client.get("/models/checkpoints"), await client.get("/models/loras")
        loader = await client.get("/object_info/CheckpointLoaderSimple")

    assert listed == PROFILES[profile]
    assert loader["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0] == listed[0]


async def test_only_the_sixteen_gigabyte_card_has_flux() -> None:
    async with simulated(profile="rtx-5060-ti") as client:
        assert "flux1-dev-fp8.safetensors" in await client.get("/models/checkpoints")
        assert "flux1-dev.safetensors" in await client.get("/models/diffusion_models")
        assert "flux-realism.safetensors" in await client.get("/models/loras")
        upscaler = (await client.get("/object_info/UpscaleModelLoader"))["UpscaleModelLoader"]

    assert upscaler["input"]["required"]["model_name"][0] == "COMBO"
    assert upscaler["input"]["required"]["model_name"][1]["options"] == ["4x-UltraSharp.pth", "RealESRGAN_x4plus.pth"]


async def test_a_view_answers_each_kind_of_wrong_name_with_its_own_status() -> None:
    queries = {
        "": 404,
        "filename=": 400,
        "filename=/etc/passwd": 400,
        "filename=a..b.png": 400,
        "filename=x.png&type=nowhere": 400,
        "filename=x.png&subfolder=../..": 403,
        "filename=absent.png": 404,
        "filename=here.txt&type=input&preview=webp": 500,
    }
    async with simulated() as client:
        await client.upload("here.txt", b"no picture")
        answered = {query: await client.status_of(f"/view?{query}") for query in queries}

    assert answered == queries


async def test_a_view_may_be_smaller_or_of_one_channel() -> None:
    async with simulated() as client:
        await client.upload("in.png", png((9, 90, 200)))
        picture = {"filename": "in.png [input]"}
        webp = Image.open(io.BytesIO(await client.view(picture, preview="webp;50")))
        jpeg = Image.open(io.BytesIO(await client.view(picture, preview="jpeg")))
        rgb = Image.open(io.BytesIO(await client.view(picture, channel="rgb")))
        alpha = Image.open(io.BytesIO(await client.view(picture, channel="a")))
        async with client.session.get("/view", params=picture, headers={"Range": "bytes=0-7"}) as part:
            first = await part.read()

    assert (webp.format, jpeg.format, rgb.format, rgb.mode) == ("WEBP", "JPEG", "PNG", "RGB")
    assert alpha.getpixel((0, 0)) == (0, 0, 0, 255)
    assert (part.status, first) == (206, b"\x89PNG\r\n\x1a\n")


async def test_the_newer_server_never_lets_a_view_be_a_page() -> None:
    async with simulated(comfyui_version="0.33.0") as client:
        await client.upload("page.html", b"<script>")
        async with client.session.get("/view", params={"filename": "page.html", "type": "input"}) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.content_type == "application/octet-stream"
            assert response.headers["Content-Disposition"].startswith("attachment")


async def test_an_upload_answers_the_name_to_use() -> None:
    async with simulated() as client:
        first = await client.upload("in.png", png((1, 1, 1)))
        again = await client.upload("in.png", png((1, 1, 1)))
        other = await client.upload("in.png", png((2, 2, 2)))
        replaced = await client.upload("in.png", png((3, 3, 3)), overwrite="true", subfolder="hub")
        outside = await client.upload("../../in.png", png())
        escaping = await client.upload("in.png", png(), subfolder="../..")
        unknown = await client.upload("in.png", png(), type="attic")
        offered = (await client.get("/object_info/LoadImage"))["LoadImage"]["input"]["required"]["image"][0]

    assert [answer["name"] for _, answer in (first, again, other)] == ["in.png", "in.png", "in (1).png"]
    assert replaced == (200, {"name": "in.png", "subfolder": "hub", "type": "input"})
    assert [status for status, _ in (outside, escaping, unknown)] == [400, 400, 500]
    assert offered == ["in (1).png", "in.png"]


async def test_a_mask_is_stored_as_the_alpha_of_the_picture_it_was_painted_on() -> None:
    mask = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 70)).save(mask, "PNG")
    async with simulated() as client:
        await client.upload("in.png", png((9, 90, 200)))
        form = aiohttp.FormData()
        form.add_field("original_ref", json.dumps({"filename": "in.png", "type": "input"}))
        form.add_field("image", mask.getvalue(), filename="masked.png", content_type="image/png")
        async with client.session.post("/upload/mask", data=form) as response:
            answer = await response.json()
        stored = Image.open(io.BytesIO(await client.view({"filename": "masked.png", "type": "input"})))

    assert answer["name"] == "masked.png"
    assert stored.getpixel((5, 5)) == (9, 90, 200, 70)


async def job_ids(client: Client, query: str) -> list[str]:
    return [job["id"] for job in (await client.get(f"/api/jobs?{query}"))["jobs"]]


async def submit_three(client: Client) -> list[str]:
    """One that finished, one that samples for a long time, one that waits behind it."""
    client.node.station.machine.load(CHECKPOINT, Family.SD15)
    await client.run(txt2img(steps=1))
    answers: list[Any] = [(await client.submit(txt2img(steps=10_000, seed=seed)))[1] for seed in (2, 3)]
    await eventually(lambda: len(client.node.station.queue.pending()) == 1)
    return [*client.node.ledger.executed, *(answer["prompt_id"] for answer in answers)]


async def test_jobs_can_be_listed_by_status_sorted_and_paged() -> None:
    async with simulated(time_scale=1.0) as client:
        done, running, pending = await submit_three(client)
        assert await job_ids(client, "status=completed") == [done]
        assert await job_ids(client, "status=pending,in_progress&sort_order=asc") == [running, pending]
        assert await job_ids(client, "limit=1&offset=1&sort_order=asc") == [running]
        one = await client.get(f"/api/jobs/{done}")
        for query in ("status=asleep", "sort_by=name", "sort_order=up", "limit=0", "offset=-1"):
            assert await client.status_of(f"/api/jobs?{query}") == 400

    assert one["execution_status"]["status_str"] == "success"
    assert one["workflow"]["prompt"]["3"]["class_type"] == "KSampler"


async def test_a_job_counts_the_files_that_were_saved_and_not_whether_they_move() -> None:
    moving = {"filename_prefix": "test", "fps": 8.0, "lossless": False, "quality": 80, "method": "fastest"}
    graph = txt2img()
    graph["9"] = {"class_type": "SaveAnimatedWEBP", "inputs": {**moving, "images": ["8", 0]}}
    async with simulated(packs=("comfy-extras",)) as client:
        entry = await client.run(graph)
        [job] = (await client.get("/api/jobs"))["jobs"]
    assert entry["outputs"]["9"]["animated"] == [True]
    assert (job["outputs_count"], job["preview_output"]["filename"]) == (1, "test_00001_.webp")


async def test_a_job_is_cancelled_wherever_it_is() -> None:
    async with simulated(time_scale=1.0) as client:
        done, running, pending = await submit_three(client)
        cancelled = {}
        for job_id in (done, pending, running, str(uuid.uuid4())):
            async with client.session.post(f"/api/jobs/{job_id}/cancel") as response:
                cancelled[job_id] = (await response.json())["cancelled"]
        await eventually(lambda: client.entry(running))
        assert await job_ids(client, "status=cancelled") == [running]
        async with client.session.post("/api/jobs/cancel", json={"job_ids": ["no-uuid"]}) as response:
            assert (response.status, (await response.json())["invalid_ids"]) == (400, ["no-uuid"])

    assert list(cancelled.values()) == [False, True, True, False]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8188"}, 200),
        ({"Host": "rebound.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "["}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_page_of_another_site_does_not_drive_a_simulator(headers: dict[str, str], status: int) -> None:
    async with simulated() as client, client.session.get("/queue", headers=headers) as answer:
        assert answer.status == status
