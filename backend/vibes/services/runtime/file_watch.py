"""Follows changes of files, however editors write them."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

from watchfiles import awatch

logger = logging.getLogger(__name__)

_DEBOUNCE_MS = 100
_NET_MS = 1000
"""File systems that send no notices, such as network mounts, are read this often."""


async def possible_changes(path: Path) -> AsyncIterator[None]:
    """Yields whenever the file may have changed, and once a second; the caller compares the content.

    Watches the folder, since most editors replace the file.
    """
    async for _ in possible_changes_in([path.parent]):
        yield


async def possible_changes_in(folders: Sequence[Path]) -> AsyncIterator[None]:
    """Yields whenever something directly in one of the folders may have changed, and once a second.

    Folders may come and go: existing ones are watched, missing ones looked for each time.
    """
    while True:
        there = await asyncio.to_thread(_those_there, folders)
        try:
            async with aclosing(_ticks(there)) as ticks:
                async for _ in ticks:
                    yield
                    if await asyncio.to_thread(_those_there, folders) != there:
                        break
        # A folder disappeared, a name is no text, or the system grants no more watches.
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
        watch_filter=None,  # the caller knows which files matter; the default leaves out whole folders by name
        debounce=_DEBOUNCE_MS,
        recursive=False,
        rust_timeout=_NET_MS,
        yield_on_timeout=True,
    ):
        yield


def _those_there(folders: Sequence[Path]) -> list[Path]:
    return [folder for folder in folders if folder.is_dir()]
