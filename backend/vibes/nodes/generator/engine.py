"""A generator's life within the hub: made, started, asked whether it is well, stopped; and why it is not there."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from vibes.domain.errors import NODE_MISCONFIGURED, NodeError, NodeUnreachable
from vibes.generators.errors import GeneratorError, Misconfigured
from vibes.generators.generator import ImageGenerator

ASKED_SECONDS = 60.0
"""How long an answer about its connection holds: a provider need not be asked at every health check."""


PASSING = frozenset({"rate_limited", "out_of_credit"})
"""Codes of errors for which a generator takes nothing for a while, and is well nevertheless."""


class Engine:
    """``make``: makes the generator; called until it succeeds. ``answer_seconds``: how long it may take to answer, or
    to start, before it is told that it did not; it goes on starting meanwhile."""

    def __init__(self, make: Callable[[], ImageGenerator], answer_seconds: float) -> None:
        self._make = make
        self._answer_seconds = answer_seconds
        self._generator: ImageGenerator | None = None
        self._starting: asyncio.Task[None] | None = None
        self._told: dict[str, Any] = {}
        self._asked_at: float | None = None

    @property
    def charges(self) -> bool:
        """Also True as long as nobody can tell."""
        return True if self._generator is None else self._generator.charges

    @property
    def running(self) -> ImageGenerator | None:
        """The generator, once it is started."""
        started = self._starting is not None and self._starting.done() and self._starting.exception() is None
        return self._generator if started else None

    def made(self) -> ImageGenerator:
        """Not necessarily started. Raises NodeError where it cannot be made."""
        if self._generator is None:
            try:
                self._generator = self._make()
            except Misconfigured as error:
                raise NodeError(str(error), code=NODE_MISCONFIGURED) from error
            except Exception as error:  # the constructor may be code of other packages
                raise NodeError(f"it cannot be made: {error}", code=NODE_MISCONFIGURED) from error
        return self._generator

    async def started(self) -> ImageGenerator:
        """Raises NodeError while it is not, and begins to start it."""
        generator = self.made()
        if self._starting is None:
            self._starting = asyncio.create_task(generator.start(), name=f"start {generator.name}")
        starting = self._starting
        try:
            async with asyncio.timeout(self._answer_seconds):
                await asyncio.shield(starting)
        except TimeoutError as error:
            raise NodeUnreachable("it is still starting") from error
        except Exception as error:  # what a generator may fail with
            self._starting = None
            raise _failure(error, "it does not start") from error
        return generator

    async def well(self) -> dict[str, Any]:
        """What it tells of its connection, at most `ASKED_SECONDS` old; also that it takes nothing for a while (a code
        of `PASSING`). Raises NodeError when it is not well otherwise."""
        generator, now = await self.started(), asyncio.get_running_loop().time()
        if self._asked_at is None or now - self._asked_at >= ASKED_SECONDS:
            try:
                async with asyncio.timeout(self._answer_seconds):
                    self._told = await generator.test_connection()
            except TimeoutError as error:
                raise NodeUnreachable(f"no answer about its connection within {self._answer_seconds:g} s") from error
            except Exception as error:  # it should raise nothing, and may be of another package
                raise _failure(error, "it cannot tell of its connection") from error
            self._asked_at = now if self._told.get("status") == "healthy" else None
        if self._told.get("status") != "healthy" and self._told.get("code") not in PASSING:
            raise _unwell(self._told)
        return self._told

    def ask_again(self) -> None:
        """What it told of its connection may not hold any more."""
        self._asked_at = None

    async def close(self) -> None:
        starting, self._starting = self._starting, None
        if starting is None or self._generator is None:
            return
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await self._generator.stop()


def _failure(error: Exception, what: str) -> NodeError:
    code = error.code if isinstance(error, GeneratorError) else ""
    message = f"{what}: {error}"
    return NodeError(message, code=NODE_MISCONFIGURED) if code == "misconfigured" else NodeUnreachable(message)


def _unwell(told: Mapping[str, Any]) -> NodeError:
    """By the code of the `GeneratorError` that it names; without one nobody knows who must do something."""
    message = str(told.get("error") or "it says that it is unhealthy")
    match told.get("code"):
        case "misconfigured":
            return NodeError(message, code=NODE_MISCONFIGURED)
        case "unavailable":
            return NodeUnreachable(message)
        case _:
            return NodeError(message)
