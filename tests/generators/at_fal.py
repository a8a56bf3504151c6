"""Generators of fal that speak with the fake fal, and a watcher that keeps what it was told."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fakes import png
from tests.fakes.fal import COMFY, KEY, FakeFal
from tests.waiting import deadline, eventually
from vibes.generators.errors import Cancelled
from vibes.generators.fal.config import FalComfyConfig, FalLightningConfig
from vibes.generators.fal.fal_comfy_generator import FalComfyGenerator
from vibes.generators.fal.fal_lightning_i2i_generator import FalLightningI2IGenerator
from vibes.generators.found import Running, Waiting

START = png((10, 200, 30))
"""A picture to start from."""
PRICE = 0.004


@dataclass(eq=False)
class Watcher:
    told: list[tuple[Any, ...]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    previews: list[tuple[bytes, str]] = field(default_factory=list)

    def waiting(self, position: int) -> None:
        self.told.append(("waiting", position))

    def started(self) -> None:
        self.told.append(("started",))

    def progress(self, step: int, steps: int) -> None:
        self.told.append(("progress", step, steps))

    def preview(self, image: bytes, media_type: str) -> None:
        self.previews.append((image, media_type))

    def result(self, details: Mapping[str, Any]) -> None:
        self.details.update(details)


def settings(fal: FakeFal, **more: Any) -> dict[str, Any]:
    """Those of a quick and patient generator."""
    quick = {"poll_seconds": 0.002, "retry_seconds": 0, "price_usd": PRICE, "api_key": KEY}
    return {"queue_url": fal.url, "rest_url": f"{fal.url}/rest", **quick, **more}


def lightning_config(fal: FakeFal, **more: Any) -> FalLightningConfig:
    return FalLightningConfig(strategy="fal-lightning", **settings(fal, **more))


@asynccontextmanager
async def lightning(fal: FakeFal, folder: Path, **more: Any) -> AsyncIterator[FalLightningI2IGenerator]:
    """From its start to its stop; pictures and journal in this folder."""
    generator = FalLightningI2IGenerator(lightning_config(fal, **more), folder, state_folder=folder / "state")
    await generator.start()
    try:
        yield generator
    finally:
        await generator.stop()


@asynccontextmanager
async def comfy(fal: FakeFal, folder: Path, **more: Any) -> AsyncIterator[FalComfyGenerator]:
    config = FalComfyConfig(strategy="fal-comfy", **{"endpoint": COMFY, **settings(fal, **more)})
    generator = FalComfyGenerator(config, folder, state_folder=folder / "state")
    await generator.start()
    try:
        yield generator
    finally:
        await generator.stop()


def asked(request_id: str = "r1", **more: Any) -> dict[str, Any]:
    """What a call for a small picture gives besides its prompt."""
    return {"request_id": request_id, "image": START, "width": 64, "height": 64, "steps": 4, "strength": 0.7, **more}


def size_of(path: str) -> tuple[int, int]:
    """Of a whole picture."""
    with Image.open(path, formats=("PNG", "JPEG")) as picture:
        picture.load()
        return picture.size


def start(generator: FalLightningI2IGenerator, request_id: str) -> asyncio.Task[str]:
    """One picture, on its way."""
    return asyncio.create_task(generator.generate_image("a lighthouse", **asked(request_id)))


@asynccontextmanager
async def running(generator: FalLightningI2IGenerator, request_id: str) -> AsyncIterator[None]:
    """A picture that is cancelled before the block is left."""
    drawing = start(generator, request_id)

    async def is_known() -> bool:
        return isinstance(await generator.find_request(request_id), Waiting | Running)

    await eventually(is_known)
    yield
    async with deadline():
        with pytest.raises(Cancelled):
            await drawing
