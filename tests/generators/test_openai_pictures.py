"""Pictures of OpenAI and of servers that speak like it: what is asked, shown meanwhile, and what comes of it."""

import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from tests.fakes import png
from tests.fakes.openai import KEY, Course, FakeOpenAI
from tests.fakes.openai.checks import size_of as size_in
from tests.generators.at_fal import Watcher, size_of
from tests.generators.at_openai import PRICE, openai, settings
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.errors import InvalidInput
from vibes.generators.found import Done
from vibes.generators.offers import Asked
from vibes.generators.openai.config import OpenAIConfig
from vibes.generators.openai.openai_generator import OpenAIGenerator

START = png((10, 200, 30), (1024, 1024))
PRICES = {"text_input": 5, "image_input": 10, "output": 40}


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as started:
        yield started


def colour_at(picture: bytes, point: tuple[int, int]) -> Any:
    with Image.open(io.BytesIO(picture), formats=("PNG",)) as opened:
        return opened.getpixel(point)


async def test_a_picture_shows_itself_on_the_way_and_cannot_be_drawn_again(server: FakeOpenAI, tmp_path: Path) -> None:
    watcher = Watcher()
    async with openai(server, tmp_path, partial_images=2, token_prices=PRICES) as generator:
        path = await generator.generate_image(
            "a lighthouse", width=1536, height=1024, request_id="r1", sub_dir="drafts", observer=watcher
        )
        assert await generator.find_request("r1") == Done(path, watcher.details)
    assert size_of(path) == (1536, 1024)
    assert Path(path).parent.name == "drafts"
    assert [size_in(image) for image, _ in watcher.previews] == [(1536, 1024)] * 2
    assert watcher.previews[0][1] == "image/png"
    assert watcher.previews[0][0] != watcher.previews[1][0]
    assert watcher.told == [("started",), ("progress", 1, 3), ("progress", 2, 3)]
    tokens = (50 * 5 + 1056 * 40) / 1_000_000
    assert watcher.details == {"media_type": "image/png", "cost_usd": tokens, "reproducible": False}
    [asked] = server.asked
    assert (asked["model"], asked["size"], asked["partial_images"]) == ("gpt-image-2", "1536x1024", 2)
    assert {"seed", "negative_prompt", "response_format", "n"} & {*asked} == set()


async def test_fewer_previews_than_asked_for_will_do(server: FakeOpenAI, tmp_path: Path) -> None:
    watcher = Watcher()
    server.next(Course(partials=0))
    async with openai(server, tmp_path, partial_images=3) as generator:
        await generator.generate_image("a lighthouse", observer=watcher)
    assert watcher.previews == []
    assert watcher.details["cost_usd"] == PRICE


async def test_without_previews_it_comes_whole(server: FakeOpenAI, tmp_path: Path) -> None:
    async with openai(server, tmp_path, partial_images=0, output_format="webp", quality="low") as generator:
        path = await generator.generate_image("a lighthouse")
    assert path.endswith(".webp")
    [asked] = server.asked
    assert "stream" not in asked
    assert (asked["output_format"], asked["quality"]) == ("webp", "low")


@pytest.mark.parametrize("partial_images", [0, 2])
async def test_a_picture_is_edited_where_its_mask_is_white(
    server: FakeOpenAI, tmp_path: Path, partial_images: int
) -> None:
    mask = Image.new("L", (512, 512), 0)
    mask.paste(255, (256, 0, 512, 512))
    encoded = io.BytesIO()
    mask.save(encoded, "PNG")
    watcher = Watcher()
    async with openai(server, tmp_path, partial_images=partial_images, moderation="low") as generator:
        path = await generator.generate_image(
            "a lighthouse", image=START, mask=encoded.getvalue(), strength=0.6, observer=watcher
        )
    assert size_of(path) == (1024, 1024)
    [asked] = server.asked
    assert asked["image"] == [START]
    assert colour_at(asked["mask"], (100, 100))[3] == 255, "kept"
    assert colour_at(asked["mask"], (900, 100))[3] == 0, "drawn anew"
    assert len(watcher.previews) == partial_images
    assert watcher.details["ignored"] == ["strength"]


async def test_a_mask_that_is_transparent_already_stays_so(server: FakeOpenAI, tmp_path: Path) -> None:
    mask = Image.new("RGBA", (1024, 1024), (255, 255, 255, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 512, 1024))
    encoded = io.BytesIO()
    mask.save(encoded, "PNG")
    async with openai(server, tmp_path) as generator:
        await generator.generate_image("a lighthouse", image=START, mask=encoded.getvalue())
    assert colour_at(server.asked[0]["mask"], (10, 10))[3] == 0
    assert colour_at(server.asked[0]["mask"], (900, 10))[3] == 255


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"negative_prompt": "blur"}, "takes no negative prompt"),
        ({"loras": [{"name": "ink"}]}, "takes no LoRAs"),
        ({"sampler": "euler"}, "lets nobody choose a sampler"),
        ({"depth_map": START}, "does no controlnet"),
        ({"width": 1000, "height": 1024}, "multiples of 16"),
        ({"width": 3200, "height": 640}, "at most 3 times the other"),
        ({"width": 512, "height": 512}, "at least 655360 pixels"),
        ({"image": START, "mask": b"\x89PNG\r\n\x1a\n and no more"}, "the mask cannot be read"),
    ],
)
async def test_what_it_cannot_do_is_refused_in_words_and_costs_nothing(
    server: FakeOpenAI, tmp_path: Path, wrong: dict[str, Any], why: str
) -> None:
    async with openai(server, tmp_path) as generator:
        with pytest.raises(InvalidInput) as refused:
            await generator.generate_image("a lighthouse", **wrong)
    assert why in str(refused.value)
    assert server.posts == 0


async def test_too_long_a_prompt_is_not_even_sent(server: FakeOpenAI, tmp_path: Path) -> None:
    async with openai(server, tmp_path) as generator:
        with pytest.raises(InvalidInput, match="32001 characters"):
            await generator.generate_image("x" * 32_001)
    assert server.posts == 0


def offered(tmp_path: Path, **more: Any) -> OpenAIGenerator:
    return OpenAIGenerator(OpenAIConfig(**more), tmp_path)


def test_sizes_follow_the_model_and_settings_go_before(tmp_path: Path) -> None:
    newer = ("gpt-image-2", "gpt-image-2.6-sunburst", "gpt-image-3")
    older = ("gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest")
    for name in newer:
        assert offered(tmp_path, model_name=name).refuses(Asked(width=2048, height=1152)) == ()
    for name in older:
        assert offered(tmp_path, model_name=name).refuses(Asked(width=1024, height=1536)) == ()
        assert offered(tmp_path, model_name=name).refuses(Asked(width=2048, height=1152)) != ()
    own = offered(tmp_path, sizes=["512x512"])
    assert own.refuses(Asked(width=512, height=512)) == ()
    assert own.refuses(Asked(width=1024, height=1024)) == ("draws no 1024×1024, only 512×512",)


def test_it_never_promises_the_same_picture_again(tmp_path: Path) -> None:
    assert not offered(tmp_path).supports_capability(GeneratorCapabilities.SEEDS)
    assert offered(tmp_path).refuses(Asked(seed=True)) == ("cannot draw the same picture again from its seed",)
    assert offered(tmp_path, profile="vllm-omni").refuses(Asked(seed=True, negative_prompt=True)) == ()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"background": "transparent", "output_format": "jpeg"}, "no transparent background"),
        ({"sizes": ["large"]}, "such as 1024x1024"),
        ({"base_url": "api.openai.com"}, "begins with https://"),
        ({"profile": "dall-e"}, "vllm-omni"),
    ],
)
def test_mistakes_in_settings_are_told(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        OpenAIConfig(**wrong)


async def test_a_server_of_vllm_takes_seed_steps_and_a_negative_prompt(tmp_path: Path) -> None:
    watcher = Watcher()
    async with FakeOpenAI(strict=False, models=("Qwen/Qwen-Image",)) as server:
        more = {"profile": "vllm-omni", "model_name": "Qwen/Qwen-Image", "price_usd": 0, "extra_fields": {"layers": 4}}
        async with openai(server, tmp_path, **more) as generator:
            await generator.generate_image(
                "a dragon",
                negative_prompt="blur",
                seed=42,
                steps=30,
                guidance_scale=4.5,
                width=512,
                height=768,
                observer=watcher,
            )
            assert await generator.test_connection() == {"status": "healthy"}
        [asked] = server.asked
    assert asked == {
        "model": "Qwen/Qwen-Image",
        "prompt": "a dragon",
        "response_format": "b64_json",
        "n": 1,
        "size": "512x768",
        "num_inference_steps": 30,
        "guidance_scale": 4.5,
        "seed": 42,
        "negative_prompt": "blur",
        "layers": 4,
    }
    assert watcher.details == {"media_type": "image/png", "cost_usd": 0, "reproducible": True, "seed": 42}


async def test_a_localai_gets_both_prompts_in_one_and_answers_with_an_address(tmp_path: Path) -> None:
    watcher = Watcher()
    async with FakeOpenAI(strict=False) as server:
        server.next(Course(as_url=True))
        async with openai(server, tmp_path, profile="localai", model_name="sd") as generator:
            path = await generator.generate_image(
                "day|night", negative_prompt="blur|noise", steps=12, image=START, width=64, height=64, observer=watcher
            )
        [asked], [headers] = server.asked, server.downloads
    assert size_of(path) == (64, 64)
    assert asked["prompt"] == "day,night|blur,noise"
    assert asked["step"] == 12
    assert asked["file"] == base64.b64encode(START).decode()
    assert asked["seed"] == watcher.details["seed"], "one is chosen, so that it can be drawn again"
    assert "Authorization" not in headers


async def test_a_server_without_a_key_gets_none(server: FakeOpenAI, tmp_path: Path) -> None:
    async with openai(server, tmp_path, api_key=None) as generator:
        told = await generator.test_connection()
    assert told["code"] == "misconfigured"
    assert KEY not in str(settings(server, api_key=None))


async def test_the_connection_is_tested_without_drawing(server: FakeOpenAI, tmp_path: Path) -> None:
    async with openai(server, tmp_path) as generator:
        assert await generator.test_connection() == {"status": "healthy"}
    async with openai(server, tmp_path, model_name="dall-e-3") as generator:
        assert (await generator.test_connection())["error"] == "there is no model 'dall-e-3'"
    async with openai(server, tmp_path, api_key="wrong") as generator:
        assert (await generator.test_connection())["code"] == "misconfigured"
    assert server.posts == 0
