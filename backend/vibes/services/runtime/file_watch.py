"""Follow files, however the editor writes them."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

from watchfiles import awatch

logger = logging.getLogger(__name__)

_DEBOUNCE_MS = 100
_NET_MS = 1000
"""File systems that send no notice (network mounts) are looked at this often."""


async def possible_changes(path: Path) -> AsyncIterator[None]:
    """Ticks whenever the file may have changed, and once a second; the reader compares the content.

    Watches the folder, because most editors replace the file.
    """
    async for _ in possible_changes_in([path.parent]):
        yield


async def possible_changes_in(folders: Sequence[Path]) -> AsyncIterator[None]:
    """Ticks whenever something right in one of the folders may have changed, and once a second.

    Folders may come and go: those that are there are watched, the others looked for at every tick.
    """
    while True:
        there = await asyncio.to_thread(_those_there, folders)
        try:
            async with aclosing(_ticks(there)) as ticks:
                async for _ in ticks:
                    yield
                    if await asyncio.to_thread(_those_there, folders) != there:
                        break
        # A folder went in between, a name is no text, or the system grants no more watches.
        except (OSError, RuntimeError) as error:
            logger.info("no notice of changed files (%s): looking at them every second", error)
            await asyncio.sleep(_NET_MS / 1000)
            yield


async def _ticks(folders: Sequence[Path]) -> AsyncGenerator[None, None]:
    if not folders:
        await asyncio.sleep(_NET_MS / 1000)
        yield
        return
    async for _ in awatch(
        *folders,
        watch_filter=None,  # the reader knows which files matter; the default leaves out whole folders by name
        debounce=_DEBOUNCE_MS,
        recursive=False,
        rust_timeout=_NET_MS,
        yield_on_timeout=True,
    ):
        yield


def _those_there(folders: Sequence[Path]) -> list[Path]:
    return [folder for folder in folders if folder.is_dir()]
