"""Sixteen writers at once: life cycles of pictures as fast as the database takes them."""

import asyncio
import tempfile
import time
from statistics import quantiles
from typing import Any

from tests.benchmarks.figures import Figure
from tests.factories import NOON, make_attempt, make_image, store_batch
from vibes.domain.attempt import AttemptState
from vibes.domain.generation import Generation
from vibes.services.ports import Storage
from vibes.storage.open import open_storage

WRITERS = 16
LIFE_CYCLES = 24_000
"""10 minutes of 40 images a second; run as fast as they go, which is harder than at their pace."""


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    count = LIFE_CYCLES // 12 if quick else LIFE_CYCLES
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with open_storage(f"sqlite+aiosqlite:///{folder}/vibes.db") as storage:
            generations = [each for _ in range(count // 100) for each in await store_batch(storage, count=100)]
            began = time.monotonic()
            queue = iter(generations)
            await asyncio.gather(*(_writer(storage, queue, waits) for _ in range(WRITERS)))
            seconds = time.monotonic() - began
    figures = [
        Figure(f"{WRITERS} writers, {count:,} life cycles", count / seconds, "a second", 40, at_least=True),
        Figure("a write meanwhile, p99", 1000 * quantiles(waits, n=100)[98], "ms", 50),
    ]
    return figures, {"storage_seconds": seconds}


async def _writer(storage: Storage, queue: Any, waits: list[float]) -> None:
    """Begin, submit, run, fetch, win: any refusal ends the benchmark with it."""
    for generation in queue:
        await _life(storage, generation, waits)


async def _life(storage: Storage, generation: Generation, waits: list[float]) -> None:
    attempt = make_attempt(generation_id=generation.id)

    async def timed(move: Any) -> None:
        began = time.monotonic()
        assert await move
        waits.append(time.monotonic() - began)

    await timed(storage.attempts.begin(attempt))
    for state in (AttemptState.SUBMITTED, AttemptState.RUNNING, AttemptState.FETCHING):
        await timed(storage.attempts.advance(attempt.id, state))
    await timed(storage.attempts.win(attempt.id, make_image(), generation_time_ms=900, at=NOON))
