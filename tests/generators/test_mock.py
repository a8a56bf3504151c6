"""The mock: pictures decided by what was asked alone, and every trouble of a real generator by script."""

import asyncio
import base64
import io
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.simulation.virtual_time import Agenda, VirtualLoop
from vibes.generators import errors
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.factory import create_generator
from vibes.generators.found import Done, Failed, Unclear, Unknown
from vibes.generators.journal import Stage
from vibes.generators.mock.mock_config import Scripted
from vibes.generators.mock.mock_generator import MockGenerator
from vibes.generators.observing import Observer
from vibes.generators.offers import Asked, GeneratorOperation


@asynccontextmanager
async def mock(folder: Path, **settings: Any) -> AsyncIterator[MockGenerator]:
    generator = create_generator({"strategy": "mock", "retries": 0, **settings}, folder)
    assert isinstance(generator, MockGenerator)
    await generator.start()
    yield generator
    await generator.stop()


def content(path: str) -> bytes:
    return Path(path).read_bytes()


def written(folder: Path) -> list[Path]:
    return [*folder.rglob("*.png")]


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), image_format: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, image_format, lossless=True)
    return file.getvalue()


def pixel(path: str, place: tuple[int, int]) -> object:
    with Image.open(path) as opened:
        return opened.convert("RGB").getpixel(place)


async def test_the_same_request_is_the_same_picture_and_any_other_one_is_not(tmp_path: Path) -> None:
    async with mock(tmp_path, capabilities=[*GeneratorCapabilities]) as generator:
        asked: dict[str, Any] = {"seed": 7, "width": 96, "height": 64}
        first = content(await generator.generate_image("a lighthouse", **asked))
        assert content(await generator.generate_image("a lighthouse", **asked)) == first
        others: list[dict[str, Any]] = [
            {"seed": 8}, {"width": 104}, {"negative_prompt": "people"}, {"steps": 9}, {"sampler": "euler"},
            {"loras": [{"name": "ink", "strength": 0.5}]}, {"guidance_scale": 3}, {"depth_map": picture("white")},
            {"image": picture(), "strength": 0.5},
        ]  # fmt: skip
        drawn = [content(await generator.generate_image("a lighthouse", **asked | other)) for other in others]
        drawn.append(content(await generator.generate_image("a windmill", **asked)))
    assert len({first, *drawn}) == len(drawn) + 1


@pytest.mark.parametrize(("image_format", "name"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
async def test_a_picture_has_the_size_and_format_that_was_asked_for(
    tmp_path: Path, image_format: str, name: str
) -> None:
    async with mock(tmp_path, width=64, height=48, format=image_format) as generator:
        for size, asked in (((64, 48), {}), ((33, 21), {"width": 33, "height": 21})):
            with Image.open(await generator.generate_image("x", **asked)) as drawn:
                assert (drawn.size, drawn.format) == (size, name)


async def test_a_prompt_of_any_length_and_script_is_drawn_into_any_size(tmp_path: Path) -> None:
    async with mock(tmp_path) as generator:
        for prompt in ("word " * 5000, "灯台", "🦁\ud800", "x" * 3000):
            for side in (1, 16, 200):
                await generator.generate_image(prompt, width=side, height=side)


async def test_a_picture_to_start_from_shows_through_as_far_as_the_strength_lets_it(tmp_path: Path) -> None:
    red = (255, 0, 0)
    as_file = tmp_path / "start.png"
    as_file.write_bytes(picture())
    encoded = base64.b64encode(picture()).decode()
    asked: dict[str, Any] = {"seed": 1, "width": 40, "height": 30}
    async with mock(tmp_path, show_text=False) as generator:
        starts: list[dict[str, Any]] = [
            {"image": picture()}, {"image": as_file}, {"image": str(as_file)}, {"image_b64": encoded},
            {"image_b64": f"data:image/png;base64,{encoded}"}, {"image": picture(image_format="WEBP")},
        ]  # fmt: skip
        for start in starts:
            assert pixel(await generator.generate_image("x", **start, **asked, strength=0.0), (5, 5)) == red
        assert pixel(await generator.generate_image("x", image=picture(), **asked, strength=1.0), (5, 5)) != red
        half_mask = Image.new("L", (40, 30), 0)
        half_mask.paste(255, (20, 0, 40, 30))
        file = io.BytesIO()
        half_mask.save(file, "PNG")
        masked = await generator.generate_image("x", image=picture(), mask=file.getvalue(), **asked, strength=1.0)
        assert pixel(masked, (5, 5)) == red
        assert pixel(masked, (35, 5)) != red


async def test_a_picture_is_taken_out_of_a_folder_by_prompt_and_seed(tmp_path: Path) -> None:
    folder = tmp_path / "existing"
    folder.mkdir()
    for colour in ("red", "green", "blue"):
        (folder / f"{colour}.png").write_bytes(picture(colour))
    (folder / "notes.txt").write_text("no picture", encoding="utf-8")
    async with mock(tmp_path / "out", images_dir=folder) as generator:
        paths = [await generator.generate_image("x", seed=seed) for seed in range(20)]
        assert {pixel(path, (1, 1)) for path in paths} == {(255, 0, 0), (0, 128, 0), (0, 0, 255)}
        again = await generator.generate_image("x", seed=3)
        assert content(again) == content(paths[3])
        with Image.open(again) as drawn, Image.open(await generator.generate_image("x", width=9, height=9)) as fitted:
            assert (drawn.size, fitted.size) == ((40, 30), (9, 9))


@pytest.mark.parametrize("files", [{}, {"broken.png": b"\x89PNG\r\n\x1a\nno more"}])
async def test_a_folder_without_a_picture_is_a_mistake_in_the_settings(
    tmp_path: Path, files: Mapping[str, bytes]
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_bytes(text)
    async with mock(tmp_path / "out", images_dir=tmp_path) as generator:
        with pytest.raises(errors.Misconfigured, match=str(tmp_path)):
            await generator.generate_image("x")


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        ("invalid_input", errors.InvalidInput), ("moderated", errors.Moderated),
        ("misconfigured", errors.Misconfigured), ("out_of_credit", errors.OutOfCredit),
        ("rate_limited", errors.RateLimited), ("unavailable", errors.Unavailable), ("maybe_paid", errors.MaybePaid),
        ("out_of_memory", errors.OutOfMemory), ("crashed", errors.Crashed),
    ],
)  # fmt: skip
async def test_every_error_is_had_by_script(tmp_path: Path, outcome: str, error: type[errors.GeneratorError]) -> None:
    script = [{"outcome": outcome, "message": "the line is cut"}]
    async with mock(tmp_path, script=script) as generator:
        with pytest.raises(error, match="the line is cut") as caught:
            await generator.generate_image("x")
        assert caught.value.code == outcome
        await generator.generate_image("x")


async def test_a_script_is_used_up_entry_by_entry_by_the_prompts_that_it_fits(tmp_path: Path) -> None:
    script = [
        {"outcome": "crashed", "prompt": "dragon", "times": 2},
        {"outcome": "picture"},
        {"outcome": "moderated", "times": None},
    ]
    async with mock(tmp_path, script=script) as generator:
        ends = [
            (await asyncio.gather(generator.generate_image(prompt), return_exceptions=True))[0]
            for prompt in ("a dragon", "a lion", "two dragons", "three dragons", "a lion")
        ]
    kinds = [each.code if isinstance(each, errors.GeneratorError) else "picture" for each in ends]
    assert kinds == ["crashed", "picture", "crashed", "moderated", "moderated"]


class Watcher(Observer):
    def __init__(self, on_step: Callable[[int], object] = lambda step: None) -> None:
        self.steps: list[tuple[int, int]] = []
        self.previews: list[bytes] = []
        self.details: dict[str, Any] = {}
        self._on_step = on_step

    def progress(self, step: int, steps: int) -> None:
        self.steps.append((step, steps))
        self._on_step(step)

    def preview(self, image: bytes, media_type: str) -> None:
        assert media_type == "image/jpeg"
        self.previews.append(image)

    def result(self, details: Mapping[str, Any]) -> None:
        self.details |= details


async def test_steps_previews_and_the_result_are_told(tmp_path: Path) -> None:
    watcher = Watcher()
    async with mock(tmp_path, previews=True, price_usd=0.03) as generator:
        await generator.generate_image("x", seed=2**63, steps=3, observer=watcher)
    assert watcher.steps == [(1, 3), (2, 3), (3, 3)]
    assert len(set(watcher.previews)) == 2
    for each in watcher.previews:
        with Image.open(io.BytesIO(each)) as shown:
            assert (shown.format, shown.size) == ("JPEG", (256, 256))
    assert watcher.details == {"seed": 2**63, "media_type": "image/png", "reproducible": True, "cost_usd": 0.03}


async def test_a_failure_comes_after_the_steps_that_the_script_says(tmp_path: Path) -> None:
    for after, seen in ((0, 0), (2, 2), (None, 4), (9, 4)):
        watcher = Watcher()
        async with mock(tmp_path, script=[{"outcome": "crashed", "after_steps": after}]) as generator:
            with pytest.raises(errors.Crashed):
                await generator.generate_image("x", observer=watcher)
        assert len(watcher.steps) == seen


async def test_what_hangs_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    hangs = asyncio.Event()
    watcher = Watcher(lambda step: hangs.set() if step == 4 else None)
    async with mock(tmp_path, script=[{"outcome": "hang"}]) as generator:
        task = asyncio.create_task(generator.generate_image("x", request_id="slow", observer=watcher))
        await asyncio.wait_for(hangs.wait(), 60)
        assert await generator.cancel_request("slow")
        with pytest.raises(errors.Cancelled):
            await task


async def test_what_it_costs_is_counted_once_and_only_for_pictures(tmp_path: Path) -> None:
    script = [{"outcome": "moderated"}, {"outcome": "maybe_paid"}]
    async with mock(tmp_path, price_usd=0.1, balance_usd=0.25, script=script) as generator:
        assert generator.charges
        with pytest.raises(errors.Moderated):
            await generator.generate_image("x", request_id="a")
        with pytest.raises(errors.MaybePaid):
            await generator.generate_image("x", request_id="b")
        path = await generator.generate_image("x", request_id="c")
        assert (await generator.test_connection())["balance_usd"] == pytest.approx(0.05)
        with pytest.raises(errors.OutOfCredit, match=r"0\.05"):
            await generator.generate_image("x", request_id="d")
        assert generator.runs == 2
        stages = {each: entry and entry.stage for each in "abcd" for entry in [await generator.journal.entry(each)]}
        assert stages == {"a": Stage.FAILED, "b": Stage.UNCLEAR, "c": Stage.DONE, "d": None}
    async with mock(tmp_path, price_usd=0.1) as restarted:
        assert await restarted.find_request("a") == Failed("moderated", "as the script of the mock says")
        assert await restarted.find_request("b") == Unclear("as the script of the mock says")
        found = await restarted.find_request("c")
        assert isinstance(found, Done)
        assert (found.path, found.details["cost_usd"]) == (path, 0.1)
        assert await restarted.find_request("d") == Unknown()


async def test_a_cancelled_picture_costs_nothing(tmp_path: Path) -> None:
    hangs = asyncio.Event()
    watcher = Watcher(lambda step: hangs.set())
    script = [{"outcome": "hang", "after_steps": 1}]
    async with mock(tmp_path, price_usd=0.1, script=script) as generator:
        task = asyncio.create_task(generator.generate_image("x", request_id="slow", observer=watcher))
        await asyncio.wait_for(hangs.wait(), 60)
        task.cancel()
        await asyncio.wait({task})
        await generator.stop()
        assert generator.runs == 0
        assert isinstance(await generator.find_request("slow"), Failed)


def test_it_offers_what_its_settings_say_and_refuses_the_rest() -> None:
    settings = {
        "strategy": "mock",
        "price_usd": 0.02,
        "max_concurrent": 3,
        "models": [
            {"name": "lightning", "family": "sdxl", "steps": [2, 4, 8], "multiple_of": 8, "capabilities": ["seeds"]},
            {"name": "base", "family": "sdxl"},
        ],
    }
    generator = create_generator(settings)
    offers = generator.offers()
    assert (offers.concurrency, [each.name for each in offers.models]) == (3, ["lightning", "base"])
    assert {each.price_usd for each in offers.models} == {0.02}
    assert generator.refuses(Asked(width=512, height=512, steps=4)) == ()
    assert generator.refuses(Asked(width=500, steps=5, height=512, negative_prompt=True, image=True, loras=1)) == (
        "starts from no picture",
        "takes no negative prompt",
        "takes no LoRAs",
        "draws no 500×512: both sides must be multiples of 8",
        "draws in 2, 4 or 8 steps, not 5",
    )
    assert generator.refuses(Asked(model="base", negative_prompt=True, image=True)) == ()
    assert generator.refuses(Asked(model="base", operation=GeneratorOperation.UPSCALE)) == ("does no upscale",)
    assert generator.refuses(Asked(model="flux")) == ("has no model 'flux', only lightning, base",)
    assert not generator.supports_capability(GeneratorCapabilities.LORA)
    assert generator.supports_capability(GeneratorCapabilities.NEGATIVE_PROMPTS)


async def test_what_it_refuses_is_an_error_that_says_why(tmp_path: Path) -> None:
    async with mock(tmp_path) as generator:
        with pytest.raises(errors.InvalidInput, match="mock takes no LoRAs"):
            await generator.generate_image("x", loras=[{"name": "ink"}])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0, "width": "wide"}, "width.*steps"),
        ({"seed": -1}, "seed"),
        ({"strength": 1.5}, "strength"),
        ({"loras": [{"strength": 1}]}, "loras"),
        ({"image": b"no picture"}, "image: a picture must be"),
        ({"image": 7}, "image must be bytes or the path of a file, not int"),
        ({"image": "missing.png"}, r"missing\.png cannot be read"),
        ({"image": picture()[:60]}, "image cannot be read"),
        ({"image_b64": "no base64!"}, "image_b64 is no base64"),
        ({"image_b64": 7}, "image_b64 must be a text"),
        ({"sub_dir": "../out"}, "output folder"),
    ],
)
async def test_a_mistake_in_a_request_is_named(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    async with mock(tmp_path / "out") as generator:
        with pytest.raises(errors.InvalidInput, match=message):
            await generator.generate_image("x", **options)
    assert written(tmp_path) == []


def test_hours_of_drawing_pass_at_once_in_virtual_time(tmp_path: Path) -> None:
    """So that stories of whole hubs may have generators in them."""
    agenda = Agenda()
    loop = VirtualLoop(agenda, random.Random(7))  # noqa: S311 - a story to be told again, no secret

    async def story() -> float:
        async with mock(tmp_path, seconds=7200, price_usd=0.1) as generator:
            await asyncio.gather(*(generator.generate_image(f"picture {number}") for number in range(2)))
        return loop.time()

    assert 2 * 7200 < loop.run_until_complete(story()) < 2 * 7200 + 60
    loop.bury()


def test_single_pictures_take_as_long_as_the_script_says(tmp_path: Path) -> None:
    loop = VirtualLoop(Agenda(), random.Random(7))  # noqa: S311 - as above

    async def story() -> list[float]:
        took = []
        script = [{"seconds": 900}, {"seconds": 0, "outcome": "crashed"}]
        async with mock(tmp_path, seconds=60, script=script) as generator:
            for _ in range(3):
                begun = loop.time()
                await asyncio.gather(generator.generate_image("x"), return_exceptions=True)
                took.append(loop.time() - begun)
        return took

    slow, failed, usual = loop.run_until_complete(story())
    assert 900 <= slow < 930
    assert failed < 30
    assert 60 <= usual < 90
    loop.bury()


async def test_without_seeds_no_picture_can_be_drawn_again(tmp_path: Path) -> None:
    for capabilities, again in (([], False), (["seeds"], True)):
        watcher = Watcher()
        async with mock(tmp_path, capabilities=capabilities) as generator:
            await generator.generate_image("a fox", observer=watcher)
        assert watcher.details["reproducible"] is again


async def test_it_is_as_unwell_as_its_settings_say(tmp_path: Path) -> None:
    async with mock(tmp_path, unhealthy="the ink is dry") as generator:
        assert await generator.test_connection() == {
            "status": "unhealthy",
            "error": "the ink is dry",
            "code": "misconfigured",
        }


def test_every_error_of_the_tree_can_be_scripted() -> None:
    outcomes = set(Scripted.model_json_schema()["properties"]["outcome"]["enum"])
    codes = {each.code for each in errors.GeneratorError.__subclasses__()}
    assert outcomes == (codes - {"cancelled"}) | {"picture", "hang"}
