"""The rows that hub and workers share, on every database that there is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.conftest import storage
from tests.workers.world import Workshop, workshop
from vibes.ports.storage import Storage
from vibes.ports.workers.rows import WorkerDesk, WorkerOrders
from vibes.storage.open import SqlStorage
from vibes.storage.repositories.workers.desk import SqlWorkerDesk

__all__ = ["storage"]


@pytest.fixture
def orders(storage: Storage) -> WorkerOrders:
    return storage.workers


@pytest.fixture
def desk(storage: Storage) -> WorkerDesk:
    assert isinstance(storage, SqlStorage)
    return SqlWorkerDesk(storage._database)


@pytest.fixture
async def shop(tmp_path: Path, orders: WorkerOrders, desk: WorkerDesk) -> AsyncIterator[Workshop]:
    async with workshop(tmp_path, orders, desk) as opened:
        yield opened
