"""Sixteen writers at once: life cycles of pictures, as fast as the database takes them and at the pace of the bar."""

import asyncio
import tempfile
import time
from math import inf
from statistics import quantiles
from typing import Any

from tests.benchmarks.figures import Figure
from tests.factories import NOON, make_attempt, make_image, store_batch
from tests.waiting import due
from vibes.domain.attempt import AttemptState
from vibes.domain.generation import Generation
from vibes.ports.storage import Storage
from vibes.storage.open import open_storage

WRITERS = 16
A_SECOND = 40
LIFE_CYCLES = 600 * A_SECOND
"""10 minutes of 40 images a second, run as fast as they go: nothing may be locked out."""

PACED_SECONDS = 60
"""How long they then come as regularly as a fleet would bring them; what a write waits for is measured there."""


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    count = LIFE_CYCLES // 12 if quick else LIFE_CYCLES
    paced = PACED_SECONDS * A_SECOND // (6 if quick else 1)
    hurried: list[float] = []
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with open_storage(f"sqlite:///{folder}/vibes.db") as storage:
            generations = [
                each for _ in range((count + paced) // 100) for each in await store_batch(storage, count=100)
            ]
            began = time.monotonic()
            await _write_all(storage, _Regular(generations[:count], a_second=inf), hurried)
            seconds = time.monotonic() - began
            await _write_all(storage, _Regular(generations[count:], a_second=A_SECOND), waits)
    figures = [
        Figure(f"{WRITERS} writers, {count:,} life cycles", count / seconds, "a second", A_SECOND, at_least=True),
        Figure(f"a write at {A_SECOND} life cycles a second, p99", 1000 * quantiles(waits, n=100)[98], "ms", 50),
    ]
    return figures, {"storage_seconds": seconds, "hurried_write_p99_ms": 1000 * quantiles(hurried, n=100)[98]}


class _Regular:
    """Generations that come one after the other at a pace, whoever asks for them."""

    def __init__(self, generations: list[Generation], *, a_second: float) -> None:
        self._pause = 1 / a_second
        self._left = iter(generations)
        self._next_at = time.monotonic()

    def __aiter__(self) -> "_Regular":
        return self

    async def __anext__(self) -> Generation:
        for generation in self._left:
            self._next_at = max(self._next_at + self._pause, time.monotonic() - 1)
            await due(self._next_at)
            return generation
        raise StopAsyncIteration


async def _write_all(storage: Storage, queue: _Regular, waits: list[float]) -> None:
    await asyncio.gather(*(_writer(storage, queue, waits) for _ in range(WRITERS)))


async def _writer(storage: Storage, queue: _Regular, waits: list[float]) -> None:
    """Begin, submit, run, fetch, win: any refusal ends the benchmark with it."""
    async for generation in queue:
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
    await timed(storage.attempts.win(attempt.id, [make_image()], generation_time_ms=900, at=NOON))
