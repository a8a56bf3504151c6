"""One hub with fake nodes and a client of its HTTP application."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for
from tests.waiting import eventually
from vibes.app.hub import Hub


@dataclass(frozen=True, slots=True)
class Studio:
    hub: Hub
    http: httpx.AsyncClient
    fleet: FakeFleet
    folder: Path

    async def finished_batch(self, batch_id: str) -> dict[str, Any]:
        async def terminal() -> dict[str, Any] | None:
            batch: dict[str, Any] = (await self.http.get(f"/api/batches/{batch_id}")).json()
            return batch if batch["completed"] == batch["total"] else None

        return await eventually(terminal, what="the batch is finished")


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    fleet = FakeFleet()
    settings = settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        yield Studio(hub, http, fleet, tmp_path)
