"""The storage that the stories of rows and moves are told on: each of them once for every database that there is."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from vibes.ports.storage import Storage
from vibes.storage.open import open_storage

EMPTY_DATABASES: Mapping[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder}/vibes.db",
}
"""By dialect: the URL of a database of its own for one story. Every story that takes ``storage`` runs on each of them;
what only SQLite has (its file, its locks, its query plans) is told in `test_storage_opening`, `_under_load` and
`_upgrading`."""


@pytest.fixture(params=sorted(EMPTY_DATABASES))
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(EMPTY_DATABASES[request.param](tmp_path)) as opened:
        yield opened
