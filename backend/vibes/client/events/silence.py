"""Events with their silences: who hears nothing for a while asks, for a proxy may keep events from coming through."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

QUIET_SECONDS = 3.0
"""Nothing was heard for so long: then it is time to ask."""


async def with_silences(events: AsyncGenerator[T, None]) -> AsyncGenerator[T | None, None]:
    """Each event as it comes, and None whenever none came for `QUIET_SECONDS`; ends and raises as the events do."""
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
