"""Pictures of fal: what is asked, what is told meanwhile, and what comes of it."""

import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fakes.fal import KEY, Answer, Course, FakeFal
from tests.generators.at_fal import PRICE, START, Watcher, asked, comfy, lightning, size_of
from vibes.generators.errors import InvalidInput, MaybePaid
from vibes.generators.factory import GENERATORS, create_generator
from vibes.generators.found import Done


@pytest.fixture
async def fal() -> AsyncIterator[FakeFal]:
    async with FakeFal() as server:
        yield server


async def test_a_picture_waits_runs_and_is_kept_with_what_it_cost(fal: FakeFal, tmp_path: Path) -> None:
    watcher = Watcher()
    async with lightning(fal, tmp_path) as generator:
        path = await generator.generate_image("a lighthouse", **asked(seed=7, sub_dir="era/biome", observer=watcher))
        assert await generator.find_request("r1") == Done(path, watcher.details)
    assert size_of(path) == (64, 64)
    assert Path(path).parent == tmp_path / "era" / "biome"
    at_fal = [each for each in watcher.told if each != ("waiting", 0)]
    assert at_fal == [("waiting", 2), ("waiting", 1), ("started",)]
    assert watcher.details == {"media_type": "image/png", "cost_usd": PRICE, "seed": 7, "reproducible": True}
    given = fal.latest.given
    assert given["num_inference_steps"] == "4", "fal takes the number as a text"
    assert given["image_size"] == {"width": 64, "height": 64}
    assert {"negative_prompt", "guidance_scale", "loras"} & {*given} == set()
    assert fal.runs == fal.posts == 1


async def test_a_submission_says_how_long_it_may_wait_and_that_nobody_else_begins_anew(
    fal: FakeFal, tmp_path: Path
) -> None:
    async with lightning(fal, tmp_path, start_timeout_seconds=90, priority="low", keep_seconds=900) as generator:
        await generator.generate_image("a lighthouse", **asked())
    told = fal.latest.headers
    assert told["X-Fal-Request-Start-Timeout"] == "90"
    assert told["X-Fal-Queue-Priority"] == "low"
    assert told["X-Fal-No-Retry"] == "1"
    assert told["X-Fal-Object-Lifecycle-Preference"] == '{"expiration_duration_seconds": 900}'


async def test_progress_comes_from_the_bars_in_the_logs(fal: FakeFal, tmp_path: Path) -> None:
    watcher = Watcher()
    fal.next(Course(waits=0, runs=2, logs=(" 25%|##   | 1/4 [00:00<00:01]", "75%|#### | 3/4 [00:01<00:00]")))
    async with lightning(fal, tmp_path) as generator:
        await generator.generate_image("a lighthouse", **asked(observer=watcher))
    assert ("progress", 3, 4) in watcher.told


async def test_a_picture_to_start_from_is_uploaded_once_and_without_the_key(fal: FakeFal, tmp_path: Path) -> None:
    async with lightning(fal, tmp_path) as generator:
        await generator.generate_image("a lighthouse", **asked("r1"))
        await generator.generate_image("a windmill", **asked("r2"))
    assert [file.content for file in fal.storage.files.values()].count(START) == 1
    assert KEY not in str(fal.storage.asked)


async def test_with_its_cdn_away_the_bucket_takes_the_picture_and_gets_no_key(fal: FakeFal, tmp_path: Path) -> None:
    fal.storage.cdn_down = True
    async with lightning(fal, tmp_path) as generator:
        await generator.generate_image("a lighthouse", **asked())
    [headers] = fal.storage.put
    assert "Authorization" not in headers


async def test_a_picture_may_travel_within_the_request(fal: FakeFal, tmp_path: Path) -> None:
    async with lightning(fal, tmp_path, upload="inline") as generator:
        await generator.generate_image("a lighthouse", **asked(image=None, image_b64=base64.b64encode(START).decode()))
    assert fal.latest.given["image_url"] == f"data:image/png;base64,{base64.b64encode(START).decode()}"


async def test_a_file_can_be_the_picture_to_start_from(fal: FakeFal, tmp_path: Path) -> None:
    (tmp_path / "start.png").write_bytes(START)
    async with lightning(fal, tmp_path, image_format="jpeg") as generator:
        path = await generator.generate_image("a lighthouse", **asked(image=tmp_path / "start.png"))
    assert path.endswith(".jpg")
    assert size_of(path) == (64, 64)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"negative_prompt": "blur"}, "takes no negative prompt"),
        ({"loras": [{"name": "ink", "strength": 1}]}, "takes no LoRAs"),
        ({"depth_map": START}, "takes no ControlNet"),
        ({"image": None}, "draws only from a picture to start from"),
        ({"steps": 25}, "draws in 1, 2, 4 or 8 steps, not 25"),
        ({"steps": 4, "strength": 0.2}, "changes nothing in 4 steps at a strength of 0.2"),
        ({"width": 100, "height": 64}, "both sides must be multiples of 32"),
        ({"sampler": "euler"}, "lets nobody choose a sampler"),
        ({"image": b"no picture"}, "image: a picture must be a PNG, a JPEG or a WebP"),
        ({"image": "/nowhere.png"}, "/nowhere.png cannot be read"),
        ({"seed": "seven"}, "seed: Input should be a valid integer"),
        ({"strength": float("nan")}, "strength: Input should be"),
    ],
)
async def test_what_it_cannot_do_is_refused_in_words_and_costs_nothing(
    fal: FakeFal, tmp_path: Path, wrong: dict[str, Any], why: str
) -> None:
    async with lightning(fal, tmp_path) as generator:
        with pytest.raises(InvalidInput) as refused:
            await generator.generate_image("a lighthouse", **asked(**wrong))
    assert why in str(refused.value)
    assert fal.posts == 0


async def test_what_it_leaves_out_is_told_with_the_picture(fal: FakeFal, tmp_path: Path) -> None:
    watcher = Watcher()
    async with lightning(fal, tmp_path) as generator:
        await generator.generate_image("a lighthouse", **asked(guidance_scale=7.5, observer=watcher))
    assert watcher.details["ignored"] == ["guidance_scale"]


async def test_a_workflow_takes_what_its_inputs_are_for(fal: FakeFal, tmp_path: Path) -> None:
    watcher = Watcher()
    inputs = {"prompt": "prompt", "seed": "ksampler_seed", "image": "loadimage_1", "depth_map": "depth_map"}
    slots = [{"name": "lora_1", "strength": "lora_1_strength"}]
    more = {
        "constants": {"era": "future"},
        "lora_inputs": slots,
        "lora_names": {"ink": "https://files/ink.safetensors"},
    }
    async with comfy(fal, tmp_path, inputs=inputs, **more) as generator:
        loras = [{"name": "ink", "strength": 0.8}]
        path = await generator.generate_image(
            "a face", image=START, depth_map=START, seed=3, loras=loras, steps=20, observer=watcher
        )
    assert size_of(path) == (512, 512)
    given = fal.latest.given
    assert given["prompt"] == "a face"
    assert given["ksampler_seed"] == 3
    assert given["loadimage_1"] == given["depth_map"]
    assert (given["lora_1"], given["lora_1_strength"]) == ("https://files/ink.safetensors", 0.8)
    assert given["era"] == "future"
    assert watcher.details["ignored"] == ["steps"]


async def test_a_workflow_that_calls_its_pictures_otherwise_is_read_too(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(image_key="image_output"))
    async with comfy(fal, tmp_path, output_node="9") as generator:
        path = await generator.generate_image("a face")
    assert size_of(path) == (512, 512)


async def test_without_the_named_graph_node_there_is_no_picture(fal: FakeFal, tmp_path: Path) -> None:
    async with comfy(fal, tmp_path, output_node="77") as generator:
        with pytest.raises(MaybePaid, match="no picture"):
            await generator.generate_image("a face")


async def test_a_picture_may_be_in_the_answer_itself(fal: FakeFal, tmp_path: Path) -> None:
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8)).save(encoded, "PNG")
    uri = f"data:image/png;base64,{base64.b64encode(encoded.getvalue()).decode()}"
    fal.next(Course(result=Answer(200, {"images": [{"url": uri, "content_type": "image/png"}]})))
    async with comfy(fal, tmp_path) as generator:
        assert size_of(await generator.generate_image("a face")) == (8, 8)


async def test_both_are_made_by_their_names(tmp_path: Path) -> None:
    assert {"fal-comfy", "fal-lightning"} <= {*GENERATORS}
    made = create_generator({"strategy": "fal-lightning", "api_key": KEY}, tmp_path)
    assert made.charges
    assert [each.name for each in made.offers().models] == ["fast-lightning-sdxl"]


async def test_the_connection_is_tested_without_drawing(fal: FakeFal, tmp_path: Path) -> None:
    async with lightning(fal, tmp_path) as generator:
        assert (await generator.test_connection())["status"] == "healthy"
    async with lightning(fal, tmp_path, api_key="wrong") as generator:
        told = await generator.test_connection()
    assert (told["status"], told["code"]) == ("unhealthy", "misconfigured")
    assert fal.posts == 0
