"""Follow one file, however the editor writes it."""

from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

_DEBOUNCE_MS = 100
_NET_MS = 1000
"""File systems that send no notice (network mounts) are looked at this often."""


async def possible_changes(path: Path) -> AsyncIterator[None]:
    """Ticks whenever the file may have changed, and once a second; the reader compares the content.

    Watches the folder, because most editors replace the file.
    """
    async for _ in awatch(
        path.parent, debounce=_DEBOUNCE_MS, recursive=False, rust_timeout=_NET_MS, yield_on_timeout=True
    ):
        yield
