"""What is known of requests that cost money, kept in files, so that a killed process never pays twice.

Written before a request is sent (intent), once the provider has answered (its ids and addresses), and at its end. An
intent without an answer after a restart means that nobody can tell whether it was paid for.
"""

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from vibes.generators.errors import GeneratorError
from vibes.generators.found import Done, Failed, Found, Unclear, Unknown
from vibes.generators.paths import plain_name

logger = logging.getLogger(__name__)

KEPT = 1000
"""Entries of ended requests that stay, the newest ones."""


class Stage(StrEnum):
    INTENDED = "intended"
    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"
    UNCLEAR = "unclear"


ENDED = frozenset({Stage.DONE, Stage.FAILED, Stage.UNCLEAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request. Everything in it is JSON."""

    request_id: str
    stage: Stage
    intent: Mapping[str, Any] = field(default_factory=dict)
    """What was about to be sent, as far as it helps to find it again; no secrets and no pictures."""
    receipt: Mapping[str, Any] = field(default_factory=dict)
    """The provider's ids and addresses."""
    path: str = ""
    """Of the picture, once it is done."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What was told of the picture."""
    code: str = ""
    """Of the error, once it failed."""
    reason: str = ""

    def found(self) -> Found:
        """What that says of the request while nobody follows it."""
        match self.stage:
            case Stage.DONE:
                return Done(self.path, self.details)
            case Stage.FAILED:
                return Failed(self.code, self.reason)
            case Stage.UNCLEAR:
                return Unclear(self.reason)
            case Stage.ACCEPTED:
                return Unclear("it was accepted, and nobody follows it")
            case Stage.INTENDED:
                return Unclear("it may have been sent: no answer was written down")


class Journal:
    """The entries of one generator, a file each; a folder is made with the first one. Every write is on the disk when
    it returns. Raises OSError where the disk refuses, and then nothing may be sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def intend(self, request_id: str, intent: Mapping[str, Any]) -> None:
        """Before it is sent for the first time."""
        await self._write(Entry(request_id=request_id, stage=Stage.INTENDED, intent=intent))

    async def accept(self, request_id: str, receipt: Mapping[str, Any]) -> None:
        """The provider has taken it, and this is how to ask for it."""
        await self._write(replace(await self._known(request_id), stage=Stage.ACCEPTED, receipt=receipt))

    async def done(self, request_id: str, path: str, details: Mapping[str, Any]) -> None:
        entry = await self._known(request_id)
        await self._write(replace(entry, stage=Stage.DONE, path=path, details=details))

    async def failed(self, request_id: str, error: GeneratorError) -> None:
        """It ended without a picture; `Stage.UNCLEAR` where the error says so."""
        stage = Stage.UNCLEAR if error.code == "maybe_paid" else Stage.FAILED
        entry = await self._known(request_id)
        await self._write(replace(entry, stage=stage, code=error.code, reason=str(error)))

    async def forget(self, request_id: str) -> None:
        """It was provably never sent."""
        await asyncio.to_thread(self._path(request_id).unlink, missing_ok=True)

    async def entry(self, request_id: str) -> Entry | None:
        return await asyncio.to_thread(self._read, self._path(request_id))

    async def found(self, request_id: str) -> Found:
        entry = await self.entry(request_id)
        return Unknown() if entry is None else entry.found()

    async def open_entries(self) -> list[Entry]:
        """Those that have not ended, by their ids: what a generator follows again when it starts."""
        return [entry for entry in await asyncio.to_thread(self._all) if entry.stage not in ENDED]

    async def tidy(self) -> None:
        """Remove the oldest of the ended ones beyond `KEPT`."""
        await asyncio.to_thread(self._tidy)

    def _path(self, request_id: str) -> Path:
        return self.folder / f"{plain_name(request_id)}.json"

    async def _known(self, request_id: str) -> Entry:
        return await self.entry(request_id) or Entry(request_id=request_id, stage=Stage.INTENDED)

    async def _write(self, entry: Entry) -> None:
        path = self._path(entry.request_id)
        content = json.dumps(_as_json(entry), ensure_ascii=False, indent=1).encode()
        await asyncio.to_thread(write_at_once, path, content)

    def _all(self) -> list[Entry]:
        if not self.folder.is_dir():
            return []
        entries = (self._read(path) for path in sorted(self.folder.glob("*.json")))
        return [entry for entry in entries if entry is not None]

    def _read(self, path: Path) -> Entry | None:
        """An entry that cannot be understood counts as an intent: something was begun under this name."""
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            values = json.loads(text)
            return Entry(**{**values, "stage": Stage(values["stage"])})
        except (ValueError, TypeError, KeyError):
            logger.warning("%s cannot be understood: its request counts as sent", path)
            return Entry(request_id=path.stem, stage=Stage.INTENDED)

    def _tidy(self) -> None:
        ended = [entry for entry in self._all() if entry.stage in ENDED]
        paths = sorted((self._path(entry.request_id) for entry in ended), key=lambda path: path.stat().st_mtime)
        for path in paths[:-KEPT]:
            path.unlink(missing_ok=True)


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "request_id": entry.request_id,
        "stage": entry.stage,
        "intent": dict(entry.intent),
        "receipt": dict(entry.receipt),
        "path": entry.path,
        "details": dict(entry.details),
        "code": entry.code,
        "reason": entry.reason,
    }


def write_at_once(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk when it returns. Blocks for as long as the disk takes."""
    _make_folder(path.parent)
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _fsync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """That it is there lasts, too."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _fsync_folder(folder.parent)


def _fsync_folder(folder: Path) -> None:
    """Windows cannot, and makes renames last by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
