"""The storage that the stories of rows and moves are told on: each of them once for every database that there is."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.backing import postgresql
from vibes.ports.storage import Storage
from vibes.storage.open import open_storage


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/vibes.db"


def _on_a_server(_folder: Path) -> AbstractContextManager[str]:
    return postgresql().database()


EMPTY_DATABASES: Mapping[str, Callable[[Path], AbstractContextManager[str]]] = {
    "sqlite": _file,
    "postgresql": _on_a_server,
}
"""By dialect: the URL of a database of its own for one story. Every story that takes ``storage`` runs on each of them;
what only SQLite has (its file, its locks, its query plans) is told in `test_storage_opening`, `_under_load` and
`_upgrading`."""


@pytest.fixture(params=EMPTY_DATABASES)
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    with EMPTY_DATABASES[request.param](tmp_path) as url:
        async with open_storage(url) as opened:
            yield opened
