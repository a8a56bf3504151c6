"""The fleet in force: ``gpus.yaml``, of which the last good version is kept, and the nodes that join by themselves."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vibes.documents.text_document import NotText, text_of
from vibes.domain.errors import DocumentProblem, InvalidDocument, StorageUnavailable
from vibes.domain.nodes.node import NodeConfig
from vibes.ports.kinds import NodeKinds
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet
from vibes.services.runtime.edited_file import read_edited
from vibes.services.runtime.file_watch import possible_changes

logger = logging.getLogger(__name__)

JOIN_SECONDS = 2.0
"""Between two looks for nodes that have joined."""


@dataclass(frozen=True, slots=True)
class _Unreadable:
    why: str


class Fleet:
    """``problems`` is empty while the file on disk, with the certificates that it names, is in force."""

    def __init__(
        self,
        path: Path,
        key_files: Sequence[Path],
        kinds: NodeKinds,
        apply: Callable[[Sequence[NodeConfig]], Awaitable[None]],
    ) -> None:
        """``key_files``: where the kinds look for keys."""
        self._path = path
        self._key_files = key_files
        self._kinds = kinds
        self._apply = apply
        self._seen: bytes | _Unreadable | None = None
        self._seen_keys: list[bytes | _Unreadable] = []
        self._tls_files = TlsFiles(path.parent)
        self.problems: tuple[DocumentProblem, ...] = ()
        self._listed: Sequence[NodeConfig] = ()
        self._joined: Sequence[NodeConfig] = ()
        self._changing = asyncio.Lock()

    @property
    def listed(self) -> int:
        return len(self._listed)

    async def load(self) -> None:
        """First load; raises InvalidDocument, since a hub without a fleet file is useless."""
        self._seen_keys = await asyncio.to_thread(self._keys)
        self._seen = await asyncio.to_thread(_content, self._path)
        self._listed = await asyncio.to_thread(self._parse, self._seen)
        with suppress(StorageUnavailable):  # they are asked for again
            self._joined = await self._kinds.joined()
        await self._in_force()

    async def follow(self) -> None:
        """Apply each good version, until cancelled; a bad one is reported and the last good one kept."""
        async for _ in possible_changes(self._path):
            keys = await asyncio.to_thread(self._keys)
            content = await asyncio.to_thread(_content, self._path)
            if (content, keys) != (self._seen, self._seen_keys) or await asyncio.to_thread(self._tls_files.changed):
                await self._reload(content)
                self._seen, self._seen_keys = content, keys  # afterwards: a version that fails is tried again

    async def follow_joined(self) -> None:
        """Take in nodes that join by themselves, until cancelled."""
        while True:
            await asyncio.sleep(JOIN_SECONDS)
            with suppress(StorageUnavailable):
                joined = await self._kinds.joined()
                if joined != self._joined:
                    self._joined = joined
                    await self._in_force()

    async def _in_force(self) -> None:
        """What is listed comes first, and decides how a node is used."""
        async with self._changing:
            listed = {each.id for each in self._listed}
            await self._apply((*self._listed, *(each for each in self._joined if each.id not in listed)))

    async def _reload(self, content: bytes | _Unreadable) -> None:
        try:
            configs = await asyncio.to_thread(self._parse, content)
        except InvalidDocument as error:
            self.problems = error.problems
            logger.error("%s is not applied, the last good version stays:\n%s", self._path.name, error)
            return
        self.problems = ()
        self._listed = configs
        await self._in_force()
        logger.info("%s applied: %d nodes", self._path.name, len(configs))

    def _keys(self) -> list[bytes | _Unreadable]:
        return [_content(each) for each in self._key_files]

    def _parse(self, content: bytes | _Unreadable) -> tuple[NodeConfig, ...]:
        if isinstance(content, _Unreadable):
            raise InvalidDocument([DocumentProblem(str(self._path), 0, 0, content.why)])
        try:
            text = text_of(content)
        except NotText as error:
            raise error.in_file(self._path.name) from error
        self._tls_files = TlsFiles(self._path.parent)
        return parse_fleet(text, self._path.name, self._tls_files, self._kinds)


def _content(path: Path) -> bytes | _Unreadable:
    try:
        return read_edited(path)
    except FileNotFoundError:
        return _Unreadable("the file is gone")
    except OSError as error:
        return _Unreadable(f"cannot be read: {error.strerror or error}")
