"""Follow one file, however the editor writes it."""

import asyncio
import logging
from collections.abc import AsyncIterator
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
    while True:
        try:
            async for _ in _notices(path.parent):
                yield
        except (OSError, RuntimeError) as error:  # the folder is gone for a moment, or the system has no watches left
            logger.info("cannot watch %s (%s): looking at it once a second", path.parent, error)
        await asyncio.sleep(_NET_MS / 1000)
        yield


def _notices(folder: Path) -> AsyncIterator[object]:
    return awatch(folder, debounce=_DEBOUNCE_MS, recursive=False, rust_timeout=_NET_MS, yield_on_timeout=True)
