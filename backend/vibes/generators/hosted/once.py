"""What may be done for a request whose name is known: what was sent before is never sent again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vibes.generators.errors import (
    Cancelled,
    Crashed,
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    Moderated,
    OutOfCredit,
    RateLimited,
    Unavailable,
)
from vibes.generators.found import Failed, Found, Unclear
from vibes.generators.journal import Entry, Journal, Stage

logger = logging.getLogger(__name__)

T = TypeVar("T")


NOTHING_PAID = frozenset(each.code for each in (Unavailable, RateLimited, OutOfCredit, Misconfigured))
"""Codes of errors after which a request may be sent anew under its name."""
ENDINGS = {each.code: each for each in (Moderated, InvalidInput, Crashed, Cancelled)}
"""Those that may have been paid for, or were: they are told again, and who wants the picture asks under a new name."""


@dataclass(frozen=True, slots=True)
class Send:
    """It was never sent, or provably for nothing."""


@dataclass(frozen=True, slots=True)
class Follow:
    """The provider has it."""

    receipt: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Take:
    """It is done: nothing has to be asked."""

    path: str
    details: Mapping[str, Any]


def next_step(entry: Entry | None) -> Send | Follow | Take:
    """As `Once.step`."""
    if entry is None or (entry.stage is Stage.FAILED and entry.code in NOTHING_PAID):
        return Send()
    if entry.stage is Stage.FAILED:
        raise ENDINGS.get(entry.code, MaybePaid)(entry.reason)
    if entry.stage is Stage.DONE:
        return Take(entry.path, entry.details)
    if entry.receipt:
        return Follow(entry.receipt)
    raise MaybePaid(entry.reason or "it may have been sent before: no answer was written down")


async def is_there(path: str) -> bool:
    """Whether a picture that was drawn once is still kept."""
    return await asyncio.to_thread(Path(path).is_file)


class Once:
    """Sends requests that cost money, each written down before. ``charges`` False: what is unclear costs nothing, so it
    is `Unavailable` and may be asked for again."""

    def __init__(self, journal: Journal, *, charges: bool) -> None:
        self._journal = journal
        self._charges = charges

    async def step(self, request_id: str) -> Send | Follow | Take:
        """By what is written down of it. Raises the error with which it ended, MaybePaid where it may have been sent
        and nothing tells where it is, and Unavailable where the disk does not tell."""
        try:
            return next_step(await self._journal.entry(request_id))
        except OSError as error:
            raise Unavailable(f"whether it was paid for before cannot be read: {error}") from error
        except GeneratorError:
            if self._charges:
                raise
            return Send()

    async def found(self, request_id: str) -> Found | None:
        """What is written down of it; None: nothing. Where nothing is charged, what is unclear is lost and no more."""
        entry = await self._journal.entry(request_id)
        found = None if entry is None else entry.found()
        return Failed(Unavailable.code, found.reason) if isinstance(found, Unclear) and not self._charges else found

    async def send(self, request_id: str, intent: Mapping[str, Any], post: Callable[[], Awaitable[T]]) -> T:
        """The answer of ``post``. Once begun it is not cancelled with its caller where it costs money: an answer that
        nobody hears would be paid for. ``post`` has to write down what it learns."""
        try:
            await self._journal.intend(request_id, intent)
        except OSError as error:
            raise Unavailable(f"what is about to be paid for cannot be written down: {error}") from error
        posted = self._posted(request_id, post)
        return await (uninterrupted(posted) if self._charges else posted)

    async def _posted(self, request_id: str, post: Callable[[], Awaitable[T]]) -> T:
        try:
            return await post()
        except GeneratorError as error:
            raise await self.failed(request_id, error) from error
        except asyncio.CancelledError:
            await self.failed(request_id, Cancelled("its caller wants it no more"))
            raise
        except Exception as error:  # a mistake of ours, after which nobody can tell either
            unclear = MaybePaid(f"it may have been sent: {type(error).__name__}")
            raise await self.failed(request_id, unclear) from error

    async def accepted(self, request_id: str, receipt: Mapping[str, Any]) -> None:
        """Where the disk refuses, it is followed all the same, as long as this process lives."""
        try:
            await self._journal.accept(request_id, receipt)
        except OSError:
            logger.exception("that %s was accepted cannot be written down", request_id)

    async def done(self, request_id: str, path: str, details: Mapping[str, Any]) -> None:
        """Where the disk refuses, the picture is there all the same."""
        try:
            await self._journal.done(request_id, path, details)
        except OSError:
            logger.exception("that %s is done cannot be written down", request_id)

    async def failed(self, request_id: str, error: GeneratorError) -> GeneratorError:
        """Written down, and as it concerns the caller."""
        if isinstance(error, MaybePaid) and not self._charges:
            error = Unavailable(str(error))
        try:
            await self._journal.failed(request_id, error)
        except OSError:  # what stands there already says no better of it
            logger.exception("how %s ended cannot be written down", request_id)
        return error


async def uninterrupted(doing: Awaitable[T]) -> T:
    """Its result, where the caller is not cancelled. Where it is, the doing goes on to its end all the same, and then
    the cancellation is passed on."""
    task = asyncio.ensure_future(doing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled():
            raise Cancelled("it was cancelled from within") from None
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # it is written down, and nobody else asks for it
        raise
