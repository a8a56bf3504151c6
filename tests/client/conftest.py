"""One hub with fake nodes on a real socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import open_hub, served, settings_for
from vibes.app.hub import Hub


@dataclass(frozen=True, slots=True)
class Served:
    hub: Hub
    fleet: FakeFleet
    address: str

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


@pytest.fixture
async def served_hub(tmp_path: Path) -> AsyncIterator[Served]:
    """Its nodes draw at once."""
    fleet = FakeFleet()
    settings = settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, served(hub, settings) as address:
        yield Served(hub, fleet, address)
