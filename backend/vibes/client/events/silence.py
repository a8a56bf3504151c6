"""Reports silences between events, so that the caller can ask the hub: a proxy may hold up the events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

QUIET_SECONDS = 3.0
"""Seconds without an event after which a silence is reported."""


async def with_silences(events: AsyncGenerator[T, None]) -> AsyncGenerator[T | None, None]:
    """Each event, and None whenever none came for `QUIET_SECONDS`; ends and raises as the events do."""
    async with aclosing(events):
        coming = asyncio.ensure_future(anext(events))
        try:
            while True:
                done, _ = await asyncio.wait({coming}, timeout=QUIET_SECONDS)
                if not done:
                    yield None
                    continue
                try:
                    event = coming.result()
                except StopAsyncIteration:
                    return
                coming = asyncio.ensure_future(anext(events))
                yield event
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
