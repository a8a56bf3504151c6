"""The workflow library in force: reads the folders, follows their changes, keeps the last good version."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.ports.clock import Clock
from vibes.services.library.folders import WorkflowFolders
from vibes.services.runtime.file_watch import possible_changes_in
from vibes.workflows.library.glance import near
from vibes.workflows.library.layers import Layer, Reading, read_layers
from vibes.workflows.library.library import Library
from vibes.workflows.library.succession import succeed

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 0.25
SETTLE_ROUNDS = 4
"""A change counts once two readings, this far apart, are equal: an editor may write in several steps, or delete a file
before writing it. After so many rounds the folder is read anyway, so that a change takes effect within two seconds."""


class WorkflowCatalog:
    """Folders are searched in order; a workflow of a later folder replaces one of the same name."""

    def __init__(self, folders: Sequence[Path], clock: Clock | None = None) -> None:
        self._folders = WorkflowFolders(folders, clock)
        self._layers: tuple[Layer, ...] = ()
        self._turn = asyncio.Lock()
        self.library = Library(workflows={}, problems=())

    async def load(self) -> None:
        """First load. Broken templates are logged and listed in ``library.problems``; the others are used.

        Raises InvalidDocument when a folder does not exist, which is most likely a typing mistake.
        """
        layers = await asyncio.to_thread(self._folders.read)
        missing = [
            DocumentProblem(layer.folder, 0, 0, layer.unreadable[""]) for layer in layers if layer.unreadable.get("")
        ]
        if missing:
            raise InvalidDocument(missing)
        async with self._turn:
            await self._apply(layers)

    async def follow(self) -> None:
        """Until cancelled: every valid change of a file takes effect within two seconds."""
        async for _ in possible_changes_in(self._folders.watched):
            async with self._turn:
                layers = await self._settled()
                if layers != self._layers:
                    await self._apply(layers)

    async def reload(self) -> None:
        """Read the folders now, for a caller that has just finished writing to one."""
        async with self._turn:
            await self._apply(await asyncio.to_thread(self._folders.read))

    async def take_in(self, name: str) -> None:
        """Put a workflow into force that was just written; whatever else has changed is followed as ever."""
        async with self._turn:
            layers = await asyncio.to_thread(self._folders.read)
            reading = await asyncio.to_thread(read_layers, near(layers, name))
            if name not in reading.workflows:
                await self._apply(layers)
                return
            self.library = replace(
                self.library,
                workflows={**self.library.workflows, name: reading.workflows[name]},
                origins={**self.library.origins, name: reading.origins[name]},
                stale=self.library.stale - {name},
            )

    async def _settled(self) -> tuple[Layer, ...]:
        layers = await asyncio.to_thread(self._folders.read)
        for _ in range(SETTLE_ROUNDS):
            if layers == self._layers:
                break
            await asyncio.sleep(SETTLE_SECONDS)
            before, layers = layers, await asyncio.to_thread(self._folders.read)
            if layers == before:
                break
        return layers

    async def _apply(self, layers: tuple[Layer, ...]) -> None:
        reading = await asyncio.to_thread(read_layers, layers)
        before, self.library = self.library, succeed(self.library, reading)
        self._layers = layers
        _log(before, self.library, reading)


def _log(before: Library, library: Library, reading: Reading) -> None:
    for problem in library.problems:
        if problem not in before.problems:
            logger.error("workflow not usable: %s", problem)
    for name in sorted(library.stale - before.stale):
        logger.warning("workflow %s serves as it last was good", name)
    for name, origin in reading.replaced.items():
        if before.origins.get(name) != library.origins[name]:
            logger.info(
                "workflow %s of %s is replaced by that of %s", name, origin.manifest, reading.origins[name].manifest
            )
    changed = [name for name, workflow in library.workflows.items() if before.workflows.get(name) != workflow]
    gone = [name for name in before.workflows if name not in library.workflows]
    if before.workflows and (changed or gone):
        logger.info("workflows: %s", "; ".join(_news(changed, gone)))


def _news(changed: Sequence[str], gone: Sequence[str]) -> list[str]:
    news = [f"{', '.join(changed)} in force"] if changed else []
    return [*news, *([f"{', '.join(gone)} gone"] if gone else [])]
