"""Keeps one child that draws: started when it is needed, told what to load, replaced when it breaks."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vibes.generators import errors
from vibes.generators.errors import Crashed, GeneratorError, Misconfigured, OutOfMemory
from vibes.generators.local.frames import VERSION, Message
from vibes.generators.local.process import ChildProcess, begun
from vibes.generators.observing import Observer
from vibes.generators.processes.left_behind import end_left_behind

logger = logging.getLogger(__name__)

CANCEL_SECONDS = 5.0
"""How long a picture may go on that nobody wants any more; then its child is killed."""
REST_SECONDS = 60.0
"""After settings that cannot be loaded: until it is tried again, which costs seconds and much memory."""
_ERRORS: Mapping[object, type[GeneratorError]] = {
    each.code: each for each in (errors.InvalidInput, Misconfigured, OutOfMemory, Crashed, errors.Cancelled)
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds."""

    load: float
    silent: float
    """Between two signs of a picture that is being drawn."""
    cancel: float = CANCEL_SECONDS
    rest: float = REST_SECONDS


@dataclass(frozen=True, slots=True)
class Child:
    """What is started to draw."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    """That it draws for."""


class Keeper:
    """``settings``: what the child is told to load. Draws one picture at a time."""

    def __init__(self, child: Child, settings: Mapping[str, Any], limits: Limits) -> None:
        self._child = child
        self._settings = settings
        self._limits = limits
        self._loading: asyncio.Task[ChildProcess] | None = None
        self._turn = asyncio.Lock()
        self._wrong: tuple[Misconfigured, float] | None = None
        self.told: Mapping[str, Any] = {}
        """By the child, once it has loaded: its device and versions."""

    @property
    def wrong(self) -> Misconfigured | None:
        """What a person must mend; None while nothing is known to be wrong."""
        return None if self._wrong is None else self._wrong[0]

    async def ready(self) -> ChildProcess:
        """A child that has loaded; started where there is none. A caller that gives up leaves it loading. Raises
        Misconfigured, OutOfMemory and Crashed, with the end of the child's log."""
        if self._wrong is not None and asyncio.get_running_loop().time() < self._wrong[1]:
            raise self._wrong[0]
        if self._loading is not None and _failed_or_gone(self._loading):
            await self._drop()
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
        return await asyncio.shield(self._loading)

    async def draw(self, order: Message, observer: Observer) -> Message:
        """What the child answered: a message ``done``. A child that broke under it is replaced with the next one; one
        that is cancelled ends at its next step, or with its child."""
        async with self._turn:
            child = await self.ready()
            try:
                await child.tell(order, self._limits.silent)
                return await self._answer(child, order.said["id"], observer)
            except asyncio.CancelledError:
                await self._interrupt(child, order.said["id"])
                raise
            except (OutOfMemory, Crashed) as error:
                logger.warning("a new process will draw: %s", error)
                await self._drop()
                raise

    async def end(self) -> None:
        """No child is left."""
        loading, self._loading = self._loading, None
        if loading is None:
            return
        if not loading.done():
            loading.cancel()
        child = (await asyncio.gather(loading, return_exceptions=True))[0]
        if isinstance(child, ChildProcess):
            await child.end()

    async def _load(self) -> ChildProcess:
        child = await self._begun()
        try:
            async with asyncio.timeout(self._limits.load):
                await self._greet(child)
                await child.tell(Message("load", self._settings), self._limits.load)
                self.told = await self._loaded(child)
        except TimeoutError:
            await child.kill()
            raise Crashed(f"the model was not loaded within {self._limits.load:g} s") from None
        except BaseException as error:  # a cancelled start too must leave no child behind
            await child.kill()
            if isinstance(error, Misconfigured):
                self._rest(error)
            raise
        self._wrong = None
        return child

    async def _begun(self) -> ChildProcess:
        try:
            await end_left_behind(self._child.folder)
            return await begun(self._child.command, self._child.environment, self._child.folder)
        except Misconfigured as error:
            self._rest(error)
            raise
        except OSError as error:
            raise Crashed(str(error)) from error

    async def _greet(self, child: ChildProcess) -> None:
        hello = await child.hear(self._limits.load)
        if hello.kind != "hello" or hello.said.get("protocol") != VERSION:
            raise Misconfigured(
                f"the process that draws speaks protocol {hello.said.get('protocol')!r}, not {VERSION}: "
                "its Python must use the same version of this program"
            )

    async def _loaded(self, child: ChildProcess) -> Mapping[str, Any]:
        while True:
            message = await child.hear(self._limits.load)
            if message.kind == "loaded":
                return message.said
            if message.kind == "error":
                raise _error(message)

    async def _answer(self, child: ChildProcess, request_id: str, observer: Observer) -> Message:
        while True:
            message = await child.hear(self._limits.silent)
            if message.said.get("id") != request_id:
                continue  # of a picture that was cancelled meanwhile
            try:
                match message.kind:
                    case "progress":
                        observer.progress(int(message.said["step"]), int(message.said["steps"]))
                    case "preview":
                        observer.preview(message.parts["picture"], str(message.said["media_type"]))
                    case "error":
                        raise _error(message)
                    case "done" if "picture" in message.parts:
                        return message
                    case _:
                        raise Crashed(f"the process that draws said {message.kind!r} without more")
            except (KeyError, TypeError, OverflowError) as error:
                raise Crashed(f"the process that draws said nothing that can be understood: {error!r}") from error

    async def _interrupt(self, child: ChildProcess, request_id: str) -> None:
        try:
            async with asyncio.timeout(self._limits.cancel):
                await child.tell(Message("cancel", {"id": request_id}), self._limits.cancel)
                await self._answer(child, request_id, Observer())
        except errors.Cancelled:
            return
        except (TimeoutError, GeneratorError) as error:
            logger.warning("a picture that was cancelled did not end by itself, so its process is ended: %s", error)
            await self._drop()

    async def _drop(self) -> None:
        loading, self._loading = self._loading, None
        if loading is None:
            return
        with suppress(Exception):  # why it failed was told to whoever waited
            await (await loading).kill()

    def _rest(self, error: Misconfigured) -> None:
        self._wrong = (error, asyncio.get_running_loop().time() + self._limits.rest)


def _failed_or_gone(loading: "asyncio.Task[ChildProcess]") -> bool:
    if not loading.done():
        return False
    return loading.cancelled() or loading.exception() is not None or loading.result().gone


def _error(message: Message) -> GeneratorError:
    known = _ERRORS.get(message.said.get("code"), Crashed)
    return known(str(message.said.get("message") or "no reason was told"))
