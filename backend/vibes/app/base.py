"""What every room needs: settings, open database, time, and the stream of all events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from vibes.environment.private_folder import make_private
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.events.live_events import LiveEvents
from vibes.storage.open import open_storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    settings: Settings
    storage: Storage
    clock: Clock
    live: LiveEvents


@asynccontextmanager
async def open_base(settings: Settings, clock: Clock) -> AsyncIterator[Base]:
    """Create the data folder and open the database until the end. Raises HubError when another hub has it."""
    make_private(settings.data)
    async with open_storage(settings.storage_url, synchronous=settings.sqlite_synchronous) as storage:
        yield Base(settings=settings, storage=storage, clock=clock, live=LiveEvents(clock))
