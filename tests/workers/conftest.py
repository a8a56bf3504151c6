"""The rows that hub and workers share, on every database that there is."""

import pytest

from tests.services.conftest import storage
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
