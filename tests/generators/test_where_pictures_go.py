"""Pictures that are paid for, and the disk that should take them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes.fal import FakeFal
from tests.fakes.openai import FakeOpenAI
from tests.generators.at_fal import START, lightning, size_of
from tests.generators.at_openai import openai
from tests.waiting import deadline, eventually
from vibes.generators.errors import InvalidInput
from vibes.generators.generator import ImageGenerator
from vibes.generators.hosted import pictures

ASKED = {"request_id": "r1", "image": START, "width": 1024, "height": 1024}


@asynccontextmanager
async def drawing_at(provider: str, folder: Path) -> AsyncIterator[tuple[FakeFal | FakeOpenAI, ImageGenerator]]:
    if provider == "fal":
        async with FakeFal() as fal, lightning(fal, folder, retries=0) as generator, deadline():
            yield fal, generator
    else:
        async with FakeOpenAI() as server, openai(server, folder, retries=0) as other, deadline():
            yield server, other


@pytest.mark.parametrize("provider", ["fal", "openai"])
async def test_a_picture_that_the_disk_refuses_is_kept_until_it_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, provider: str
) -> None:
    monkeypatch.setattr(pictures, "WRITE_AGAIN_SECONDS", (0.01,))
    blocked = tmp_path / "drafts"
    blocked.write_text("a file where the folder should be")
    with caplog.at_level(logging.ERROR):
        async with drawing_at(provider, tmp_path) as (server, generator):
            asking = asyncio.create_task(generator.generate_image("a lighthouse", **ASKED, sub_dir="drafts"))
            await eventually(lambda: "cannot be written, and is tried again" in caplog.text)
            blocked.unlink()
            assert size_of(await asking)[0] > 0
    assert (server.posts, server.runs) == (1, 1)


@pytest.mark.parametrize("provider", ["fal", "openai"])
async def test_a_folder_that_is_none_of_its_own_is_told_before_anything_is_paid_for(
    tmp_path: Path, provider: str
) -> None:
    async with drawing_at(provider, tmp_path) as (server, generator):
        with pytest.raises(InvalidInput, match="no folder inside of the output folder"):
            await generator.generate_image("a lighthouse", **ASKED, sub_dir="../others")
    assert (server.posts, server.runs) == (0, 0)
