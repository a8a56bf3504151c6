"""The one place where a test waits: for a condition or an event, with a deadline, never for time to pass."""

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, TypeVar, overload

T = TypeVar("T")

HANG_SECONDS = 120.0
"""After so long it will not happen any more, on however busy a machine; who passes waits for none of it."""

_POLL_SECONDS = 0.01


@overload
async def eventually(
    condition: Callable[[], Awaitable[T | None]],
    *,
    within: float = HANG_SECONDS,
    every: float = _POLL_SECONDS,
    what: str = "",
) -> T: ...
@overload
async def eventually(
    condition: Callable[[], T | None], *, within: float = HANG_SECONDS, every: float = _POLL_SECONDS, what: str = ""
) -> T: ...
async def eventually(
    condition: Callable[[], Any], *, within: float = HANG_SECONDS, every: float = _POLL_SECONDS, what: str = ""
) -> Any:
    """Wait until ``condition`` answers something truthy and return it; fail after ``within`` seconds.

    ``every``: seconds between two looks, for a benchmark whose looks cost what it measures.
    """
    answer: Any = None
    try:
        async with asyncio.timeout(within):
            while True:
                result = condition()
                answer = await result if isawaitable(result) else result
                if answer:
                    return answer
                await asyncio.sleep(every)
    except TimeoutError:
        description = what or getattr(condition, "__name__", "condition")
        raise AssertionError(f"not within {within} s: {description}; last answer {answer!r}") from None


def once_it(answers: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    """Block until a program that was just started answers, or has ended."""
    until = time.monotonic() + HANG_SECONDS
    while not answers():
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        assert time.monotonic() < until, f"{process.args!r} does not answer"
        time.sleep(_POLL_SECONDS)


def deadline(seconds: float = HANG_SECONDS) -> asyncio.Timeout:
    """``async with deadline():`` turns a hang into a failure."""
    return asyncio.timeout(seconds)


async def due(moment: float) -> None:
    """Until ``time.monotonic()`` says so: for the load of a benchmark, which comes at a pace, and for nothing else."""
    await asyncio.sleep(max(moment - time.monotonic(), 0))
