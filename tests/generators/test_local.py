"""The generator diffusers over a child without torch: what it offers and refuses, and every way a child ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.generators.watching import Watcher
from tests.waiting import deadline, eventually
from vibes.generators import errors
from vibes.generators.factory import create_generator
from vibes.generators.local.keeper import Limits
from vibes.generators.local.local_generator import LocalGenerator
from vibes.generators.offers import Asked, GeneratorOperation

STUB = Path(__file__).with_name("stub_child.py")
PATIENT = Limits(load=60, silent=60)
CHECKPOINT: dict[str, Any] = {"lightning_steps": None, "guidance_scale": 6}


def made(folder: Path, trouble: str = "", limits: Limits = PATIENT, **settings: Any) -> LocalGenerator:
    model = folder / "model.safetensors"
    model.touch()
    (folder / "loras").mkdir(exist_ok=True)
    config = {"strategy": "diffusers", "model": str(model), "width": 64, "height": 64, "retries": 0, **settings}
    command = (sys.executable, str(STUB), trouble, str(folder / "gate"))
    generator = create_generator(config, folder / "out", command=command, limits=limits)
    assert isinstance(generator, LocalGenerator)
    return generator


@asynccontextmanager
async def local(folder: Path, trouble: str = "", **settings: Any) -> AsyncIterator[LocalGenerator]:
    generator = made(folder, trouble, **settings)
    try:
        async with deadline():
            await generator.start()
            yield generator
    finally:
        await generator.stop()


async def child_of(generator: LocalGenerator) -> int:
    return (await generator._keeper.ready()).pid


def environment_of(pid: int) -> list[bytes]:
    return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_picture_is_drawn_with_steps_previews_and_its_seed(tmp_path: Path) -> None:
    watcher = Watcher()
    async with local(tmp_path) as generator:
        path = await generator.generate_image("a fox", seed=77, request_id="r1", observer=watcher)
        assert (await generator.test_connection())["device"] == "stub"
    with Image.open(path) as drawn:
        assert (drawn.format, drawn.size, drawn.getpixel((0, 0))) == ("PNG", (64, 64), (77, 0, 0))
    assert watcher.steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert watcher.previews == [b"preview 0", b"preview 1", b"preview 2", b"preview 3"]
    assert watcher.details == {"seed": 77, "media_type": "image/png", "reproducible": True}


async def test_what_a_request_brings_reaches_the_child(tmp_path: Path) -> None:
    picture = tmp_path / "start.png"
    Image.new("RGB", (64, 64)).save(picture)
    async with local(tmp_path, loras_dir=str(tmp_path / "loras")) as generator:
        path = await generator.generate_image("x", seed=1, image=picture, mask=picture, loras=[{"name": "ink"}])
    with Image.open(path) as drawn:
        assert drawn.getpixel((0, 0)) == (1, 2, 1)


@pytest.mark.parametrize(
    ("prompt", "error", "words"),
    [
        ("crash", errors.Crashed, "was killed, as the system does where memory runs out"),
        ("kill", errors.Crashed, "was killed, as the system does where memory runs out"),
        ("segfault", errors.Crashed, "was ended by SIGSEGV"),
        ("exit", errors.Crashed, r"ended with status 3; its log ends:\n(.*\n)*a last word"),
        ("memory", errors.OutOfMemory, "not enough memory is free"),
        ("bug", errors.Crashed, "drawing failed: ZeroDivisionError: in a library"),
        ("nonsense", errors.Crashed, "broke the protocol: a message begins with b'Load'"),
    ],
)
async def test_a_child_that_breaks_is_replaced(
    tmp_path: Path, prompt: str, error: type[errors.GeneratorError], words: str
) -> None:
    async with local(tmp_path) as generator:
        first = await child_of(generator)
        with pytest.raises(error, match=words):
            await generator.generate_image(prompt)
        await generator.generate_image("a fox")
        assert await child_of(generator) != first
        assert not alive(first)


async def test_the_child_is_told_no_secret_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "secret")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    async with local(tmp_path, environment={"MORE": "told"}) as generator:
        told = environment_of(await child_of(generator))
    assert {b"OMP_NUM_THREADS=2", b"MORE=told"} <= {*told}
    assert b"FAL_KEY=secret" not in told


async def test_a_refusal_costs_no_child(tmp_path: Path) -> None:
    async with local(tmp_path) as generator:
        first = await child_of(generator)
        with pytest.raises(errors.InvalidInput, match="there is no LoRA ink"):
            await generator.generate_image("refused")
        assert await child_of(generator) == first


async def test_a_child_that_is_killed_while_it_waits_is_replaced_without_a_failure(tmp_path: Path) -> None:
    async with local(tmp_path) as generator:
        child = await generator._keeper.ready()
        os.kill(child.pid, signal.SIGKILL)
        await eventually(lambda: child.gone)
        await generator.generate_image("a fox")


async def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    async with local(tmp_path, limits=Limits(load=60, silent=0.5)) as generator:
        first = await child_of(generator)
        with pytest.raises(errors.Crashed, match=r"showed no sign of life for 0\.5 s"):
            await generator.generate_image("hang")
        assert not alive(first)


async def test_a_flood_on_stdout_and_stderr_neither_blocks_nor_reaches_the_protocol(tmp_path: Path) -> None:
    async with local(tmp_path) as generator:
        await generator.generate_image("flood")
        child = await generator._keeper.ready()
        assert len(str(child.log)) < 10_000


async def test_a_cancelled_picture_ends_at_its_next_step_and_its_child_goes_on(tmp_path: Path) -> None:
    async with local(tmp_path) as generator:
        first, watcher = await child_of(generator), Watcher()
        drawing = asyncio.ensure_future(generator.generate_image("endless", request_id="r1", observer=watcher))
        await watcher.began.wait()
        assert await generator.cancel_request("r1")
        with pytest.raises(errors.Cancelled):
            await drawing
        await generator.generate_image("a fox")
        assert await child_of(generator) == first


async def test_a_cancelled_picture_that_hangs_ends_with_its_child(tmp_path: Path) -> None:
    async with local(tmp_path, limits=Limits(load=60, silent=60, cancel=0.3)) as generator:
        first, watcher = await child_of(generator), Watcher()
        drawing = asyncio.ensure_future(generator.generate_image("hang", request_id="r1", observer=watcher))
        await watcher.began.wait()
        assert await generator.cancel_request("r1")
        with pytest.raises(errors.Cancelled):
            await drawing
        assert not alive(first)


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        ("bad model", errors.Misconfigured, "the model cannot be loaded: ValueError: not a checkpoint"),
        ("no torch", errors.Misconfigured, r"No module named 'torch': install them with make diffusers"),
        ("old", errors.Misconfigured, "speaks protocol 0, not 1"),
        ("memory at load", errors.OutOfMemory, "Tried to allocate"),
        ("crash at load", errors.Crashed, "was killed"),
        ("nonsense", errors.Crashed, "broke the protocol"),
    ],
)
async def test_what_cannot_be_loaded_is_told_in_words(
    tmp_path: Path, trouble: str, error: type[errors.GeneratorError], words: str
) -> None:
    generator = made(tmp_path, trouble)
    with pytest.raises(error, match=words):
        await generator.start()
    told = await generator.test_connection()
    assert (told["status"] == "unhealthy") is (error is errors.Misconfigured)
    await generator.stop()


async def test_settings_that_cannot_be_loaded_are_not_tried_again_at_once(tmp_path: Path) -> None:
    async with local(tmp_path, "bad model", warm_up=False, limits=Limits(load=60, silent=60, rest=600)) as generator:
        told = set()
        for _ in range(3):
            with pytest.raises(errors.Misconfigured) as caught:
                await generator.generate_image("a fox")
            told.add(id(caught.value))
        assert len(told) == 1, "told once, and repeated"


async def test_a_child_that_says_nothing_at_all_is_ended(tmp_path: Path) -> None:
    generator = made(tmp_path, "mute", limits=Limits(load=0.5, silent=60))
    with pytest.raises(errors.Crashed):
        await generator.start()
    await generator.stop()


async def test_a_picture_waits_for_a_slow_load_and_can_be_cancelled_meanwhile(tmp_path: Path) -> None:
    async with local(tmp_path, "slow", warm_up=False) as generator:
        given_up = asyncio.ensure_future(generator.generate_image("a fox", request_id="r1"))
        await eventually(lambda: generator._keeper._loading is not None)
        assert await generator.cancel_request("r1")
        await asyncio.gather(given_up, return_exceptions=True)
        waits = asyncio.ensure_future(generator.generate_image("a lion"))
        (tmp_path / "gate").touch()
        assert (await waits).endswith(".png")


async def test_without_warm_up_nothing_is_started_before_it_is_needed(tmp_path: Path) -> None:
    async with local(tmp_path, warm_up=False) as generator:
        assert generator._keeper._loading is None
        assert (await generator.test_connection())["status"] == "healthy"


async def test_stopping_leaves_no_child_whatever_it_does(tmp_path: Path) -> None:
    async with local(tmp_path) as generator:
        pid, watcher = await child_of(generator), Watcher()
        drawing = asyncio.ensure_future(generator.generate_image("endless", observer=watcher))
        await watcher.began.wait()
    assert not alive(pid)
    with pytest.raises(errors.Cancelled):
        await drawing


async def test_the_loras_of_its_folder_are_told_also_those_that_come_later(tmp_path: Path) -> None:
    async with local(tmp_path, loras_dir=str(tmp_path / "loras"), **CHECKPOINT) as generator:
        assert generator.offers().models[0].loras == ()
        (tmp_path / "loras" / "style").mkdir()
        for name in ("style/ink.safetensors", "oil.safetensors", "notes.txt"):
            (tmp_path / "loras" / name).touch()
        await generator.test_connection()
        assert generator.offers().models[0].loras == ("oil.safetensors", "style/ink.safetensors")


async def test_files_that_are_not_there_are_named_before_anything_is_started(tmp_path: Path) -> None:
    generator = made(tmp_path, controlnet=str(tmp_path / "depth"), python=str(tmp_path / "python"))
    with pytest.raises(errors.Misconfigured, match=r"controlnet: there is no .*depth; python: there is no .*python"):
        await generator.start()
    await generator.stop()


LIGHTNING: dict[str, Any] = {"lightning_steps": 4}


@pytest.mark.parametrize(
    ("settings", "asked", "reason"),
    [
        (LIGHTNING, Asked(negative_prompt=True), "takes no negative prompt"),
        (LIGHTNING, Asked(steps=20), "draws in 4 steps, not 20"),
        (LIGHTNING, Asked(guidance_scale=7), "draws SDXL Lightning without guidance (0 to 1), not at 7"),
        (LIGHTNING, Asked(sampler="ddim"), "lets nobody choose a sampler"),
        (LIGHTNING, Asked(loras=1), "takes no LoRAs"),
        (LIGHTNING, Asked(control=True, operation=GeneratorOperation.CONTROLNET), "does no controlnet"),
        (LIGHTNING, Asked(width=100, height=64), "draws no 100×64: both sides must be multiples of 8"),
        (LIGHTNING, Asked(image=True, strength=0.1), "changes nothing at strength 0.1 in 4 steps: 0.25 is the least"),
        (CHECKPOINT, Asked(negative_prompt=True, guidance_scale=1), "takes no negative prompt at guidance 1"),
        (CHECKPOINT, Asked(sampler="euler_ancestral", scheduler="karras"), "draws euler_ancestral with normal or"),
        (CHECKPOINT, Asked(sampler="magic"), "has no sampler 'magic'"),
        ({"controlnet": "."}, Asked(control=True, mask=True), "takes no mask together with a depth map"),
    ],
)
def test_what_it_cannot_do_is_refused_in_words(
    tmp_path: Path, settings: dict[str, Any], asked: Asked, reason: str
) -> None:
    assert any(each.startswith(reason) for each in made(tmp_path, **settings).refuses(asked))


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        (LIGHTNING, Asked(steps=4, guidance_scale=1, seed=True, width=1024, height=768)),
        (LIGHTNING, Asked(image=True, strength=0.25)),
        (LIGHTNING, Asked(image=True, mask=True, operation=GeneratorOperation.INPAINT)),
        (CHECKPOINT, Asked(negative_prompt=True, steps=30, sampler="dpmpp_2m", scheduler="karras")),
        ({"controlnet": "."}, Asked(control=True, image=True, operation=GeneratorOperation.CONTROLNET)),
        ({"loras_dir": "."}, Asked(loras=3)),
    ],
)
def test_what_it_can_do_is_not_refused(tmp_path: Path, settings: dict[str, Any], asked: Asked) -> None:
    assert made(tmp_path, **settings).refuses(asked) == ()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"family": "sd15"}, "set lightning_steps to null"),
        ({"lightning_steps": None, "lightning_file": "x"}, "lightning_file needs lightning_steps"),
        ({"lightning_steps": 1}, "2, 4 or 8"),
        ({"sampler": "magic"}, "there is no 'magic'"),
        ({"sampler": "ddim", "scheduler": "karras"}, "draws ddim with normal or sgm_uniform, not with karras"),
        ({"max_concurrent": 2}, "less than or equal to 1"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.InvalidSettings, match=words):
        made(tmp_path, **settings)
