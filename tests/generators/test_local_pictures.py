"""The real child with torch and Diffusers, on the CPU, over tiny models with random weights.

Needs `vibes-imgen[diffusers]` here, or the Python of another environment in ``VIBES_DIFFUSERS_PYTHON``.
"""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.generators.watching import Watcher
from tests.waiting import deadline
from vibes.generators import errors
from vibes.generators.factory import create_generator
from vibes.generators.local.local_generator import LocalGenerator
from vibes.generators.local.samplers import SAMPLERS

PYTHON = os.environ.get("VIBES_DIFFUSERS_PYTHON") or (sys.executable if find_spec("diffusers") else "")
ROOT = Path(__file__).parents[2]
SLOW = 400.0
"""Seconds for everything that one child is asked here, on a busy machine."""

pytestmark = [
    pytest.mark.long,
    pytest.mark.processes,
    pytest.mark.skipif(not PYTHON, reason="Diffusers is not installed: vibes-imgen[diffusers]"),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    command = [PYTHON, "-m", "tests.generators.tiny_models", str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 - our own code
    return folder


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of OpenMP wait for one another by turning round and round: on a busy machine that takes minutes."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@asynccontextmanager
async def local(models: Path, folder: Path, **settings: Any) -> AsyncIterator[LocalGenerator]:
    usual = {"model": models / "sdxl", "lightning_steps": None, "device": "cpu", "width": 64, "height": 64, "steps": 4}
    own_python = {} if sys.executable == PYTHON else {"python": PYTHON}
    generator = create_generator({"strategy": "diffusers", "retries": 0, **usual, **own_python, **settings}, folder)
    assert isinstance(generator, LocalGenerator)
    try:
        async with deadline(SLOW):
            await generator.start()
            yield generator
    finally:
        await generator.stop()


def picture(side: int = 64) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def half_mask() -> bytes:
    mask, file = Image.new("L", (64, 64), 0), io.BytesIO()
    mask.paste(255, (32, 0, 64, 64))
    mask.save(file, "PNG")
    return file.getvalue()


def content(path: str) -> bytes:
    return Path(path).read_bytes()


async def test_an_ordinary_checkpoint_in_all_its_ways(models: Path, tmp_path: Path) -> None:
    """One child for all: a pipeline must not leave anything behind for the next one."""
    more = {"controlnet": models / "depth", "loras_dir": models / "loras"}
    async with local(models, tmp_path, **more) as generator:
        pid, asked = (await generator._keeper.ready()).pid, {"seed": 7}
        draw, watcher = generator.generate_image, Watcher()
        first = content(await draw("a fox", **asked, observer=watcher))
        assert watcher.steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
        shown = [Image.open(io.BytesIO(each), formats=["JPEG"]) for each in watcher.previews]
        assert [min(each.size) > 100 for each in shown] == [True] * 3
        others: list[dict[str, Any]] = [
            {"seed": 8}, {"negative_prompt": "people"}, {"guidance_scale": 1}, {"steps": 5}, {"width": 72},
            {"sampler": "dpmpp_2m", "scheduler": "karras"}, {"image": picture()}, {"image": picture(), "strength": 0.5},
            {"image": picture(), "mask": half_mask()}, {"depth_map": picture()},
            {"depth_map": picture(), "controlnet_strength": 0.1}, {"depth_map": picture(), "image": picture()},
            {"loras": [{"name": "ink.safetensors", "strength": 1}]},
            {"loras": [{"name": "ink.safetensors", "strength": 0.4}]},
        ]  # fmt: skip
        drawn = [content(await draw("a fox", **(asked | other))) for other in others]
        assert len({first, *drawn}) == len(others) + 1, "each of them changes the picture"
        assert content(await draw("a fox", **asked)) == first, "and leaves nothing behind"
        unchanged = Image.open(io.BytesIO(drawn[8]), formats=["PNG"]).crop((0, 0, 32, 64))
        before = Image.open(io.BytesIO(picture()), formats=["PNG"]).crop((0, 0, 32, 64))
        assert ImageChops.difference(unchanged, before).getbbox() is None, "what is not masked stays as it was"
        for name, words in (
            ("no", "there is no LoRA no"),
            ("strange.safetensors", "LoRA strange"),
            ("broken.safetensors", "LoRA broken"),
        ):
            with pytest.raises(errors.InvalidInput, match=words):
                await draw("a fox", **asked, loras=[{"name": name, "strength": 1}])
        assert content(await draw("a fox", **asked)) == first
        assert (await generator._keeper.ready()).pid == pid, "no child was lost"


async def test_every_sampler_draws_with_every_schedule_that_it_is_said_to_take(models: Path, tmp_path: Path) -> None:
    async with local(models, tmp_path, steps=2, previews=False) as generator:
        for sampler, known in SAMPLERS.items():
            for scheduler in sorted(known.spacings):
                await generator.generate_image("a fox", sampler=sampler, scheduler=scheduler)


async def test_a_picture_is_cancelled_at_its_next_step(models: Path, tmp_path: Path) -> None:
    async with local(models, tmp_path) as generator:
        pid, watcher = (await generator._keeper.ready()).pid, Watcher()
        drawing = asyncio.ensure_future(generator.generate_image("a fox", steps=200, request_id="r1", observer=watcher))
        await watcher.began.wait()
        assert await generator.cancel_request("r1")
        with pytest.raises(errors.Cancelled):
            await drawing
        assert len(watcher.steps) < 200
        await generator.generate_image("a fox")
        assert (await generator._keeper.ready()).pid == pid


async def test_lightning_puts_its_weights_into_a_checkpoint(models: Path, tmp_path: Path) -> None:
    file = {"lightning_steps": 2, "lightning_file": models / "lightning_unet.safetensors"}
    async with local(models, tmp_path, **file) as generator:
        told = await generator.test_connection()
        assert (told["status"], told["device"], told["dtype"]) == ("healthy", "cpu", "float32")
        watcher = Watcher()
        drawn = content(await generator.generate_image("a fox", seed=1, observer=watcher))
        assert watcher.steps == [(1, 2), (2, 2)]
    async with local(models, tmp_path, lightning_steps=2) as generator:
        assert content(await generator.generate_image("a fox", seed=1)) != drawn


async def test_a_file_that_is_no_model_is_named_in_words(models: Path, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    for settings in (
        {"model": tmp_path / "model.safetensors"},
        {"lightning_steps": 4, "lightning_file": models / "loras" / "strange.safetensors"},
        {"model": models / "depth"},
    ):
        with pytest.raises(errors.Misconfigured, match=r"cannot be loaded|does not fit the checkpoint"):
            async with local(models, tmp_path, **settings):
                pass


@pytest.mark.parametrize("family", ["sdxl", "sd15"])
async def test_a_single_file_is_the_same_model_as_its_folder(models: Path, tmp_path: Path, family: str) -> None:
    file = models / f"{family}.safetensors"
    pictures = {
        "plain": {},
        "from a picture": {"image": picture()},
        "masked": {"image": picture(), "mask": half_mask()},
    }
    drawn = []
    for settings in ({"model": models / family}, {"model": file, "configuration_dir": models / family}):
        async with local(models, tmp_path, family=family, **settings) as generator:
            asked = [{"seed": 7, "negative_prompt": "people", **more} for more in pictures.values()]
            drawn.append([content(await generator.generate_image("a fox", **each)) for each in asked])
    assert drawn[0] == drawn[1]
    assert len({*drawn[0]}) == len(pictures)


async def test_a_single_file_without_configuration_says_what_to_do(models: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.Misconfigured, match="name a folder by configuration_dir, or allow downloads"):
        async with local(models, tmp_path, model=models / "sdxl.safetensors", environment={"HF_HOME": str(tmp_path)}):
            pass


async def test_lightning_as_a_lora_stays_on_whatever_loras_come_and_go(models: Path, tmp_path: Path) -> None:
    more = {"lightning_steps": 2, "loras_dir": models / "loras"}
    async with local(models, tmp_path, lightning_file=models / "lightning_lora.safetensors", **more) as generator:
        first = content(await generator.generate_image("a fox", seed=1))
        styled = content(await generator.generate_image("a fox", seed=1, loras=[{"name": "ink.safetensors"}]))
        again = content(await generator.generate_image("a fox", seed=1))
    async with local(models, tmp_path, **more) as generator:
        without = content(await generator.generate_image("a fox", seed=1))
    assert first == again
    assert len({first, styled, without}) == 3


async def test_several_loras_are_on_at_once_each_with_its_strength(models: Path, tmp_path: Path) -> None:
    def both(ink: float, oil: float) -> list[dict[str, Any]]:
        return [{"name": "ink.safetensors", "strength": ink}, {"name": "oil.safetensors", "strength": oil}]

    async with local(models, tmp_path, loras_dir=models / "loras") as generator:
        assert generator.offers().models[0].loras is not None
        loras = [[], both(1, 1), both(1, 0.3), both(0.3, 1), both(1, 1)[:1], both(1, 1)[1:], []]
        drawn = [content(await generator.generate_image("a fox", seed=1, loras=each)) for each in loras]
    assert drawn[0] == drawn[-1]
    assert len({*drawn}) == len(loras) - 1


@pytest.mark.parametrize(
    "settings",
    [
        {"vae_tiling": True},
        {"offload": "model"},
        {"offload": "sequential"},
        {"dtype": "float16"},
        {"dtype": "bfloat16"},
    ],
)
async def test_it_draws_however_memory_is_saved(models: Path, tmp_path: Path, settings: dict[str, Any]) -> None:
    async with local(models, tmp_path, **settings) as generator:
        path = await generator.generate_image("a fox", seed=1, width=256, height=256, steps=1)
    with Image.open(path, formats=["PNG"]) as drawn:
        assert (drawn.size, len(drawn.getcolors(2**16) or [])) > ((256, 256), 100), "it is no empty picture"
