"""Generators that speak with the fake OpenAI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fakes.openai import KEY, FakeOpenAI
from vibes.generators.openai.config import OpenAIConfig
from vibes.generators.openai.openai_generator import OpenAIGenerator

PRICE = 0.05


def settings(server: FakeOpenAI, **more: Any) -> dict[str, Any]:
    quick = {"retry_seconds": 0, "price_usd": PRICE, "api_key": KEY, "strategy": "openai"}
    return {"base_url": server.base_url, **quick, **more}


@asynccontextmanager
async def openai(server: FakeOpenAI, folder: Path, **more: Any) -> AsyncIterator[OpenAIGenerator]:
    """From its start to its stop; pictures and journal in this folder."""
    config = OpenAIConfig(**settings(server, **more))
    generator = OpenAIGenerator(config, folder, state_folder=folder / "state")
    await generator.start()
    try:
        yield generator
    finally:
        await generator.stop()
