"""What every room needs: settings, open database, time, the stream of all events, and on what terms the hub works."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from vibes.api.http.authentication import Authentication
from vibes.environment.private_folder import make_private
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.ports.media import MediaStore
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.ports.replicas import ALONE, Replicas
from vibes.ports.storage import Storage
from vibes.services.events.live_events import LiveEvents
from vibes.storage.open import open_storage


def _all_nodes(factory: GeneratorNodeFactory) -> GeneratorNodeFactory:
    return factory


def _all_files(store: MediaStore) -> MediaStore:
    return store


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """For ever and alone, or as the leader of several hubs on one database."""

    guard: Callable[[Connection], None] | None = None
    """Begins each transaction that writes, and raises LeadershipLost once another hub leads."""
    nodes: Callable[[GeneratorNodeFactory], GeneratorNodeFactory] = _all_nodes
    """Around whatever drives nodes: lets no command through once another hub may lead."""
    files: Callable[[MediaStore], MediaStore] = _all_files
    """Around each media store: lets nothing be changed then."""
    authentication: Authentication | None = None
    """What the process checks requests by, also while it does not lead; None: one of this hub's own."""
    replicas: Replicas = ALONE


FOR_EVER = Tenure()


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    settings: Settings
    storage: Storage
    clock: Clock
    live: LiveEvents
    tenure: Tenure


@asynccontextmanager
async def open_base(settings: Settings, clock: Clock, tenure: Tenure) -> AsyncIterator[Base]:
    """Create the data folder and open the database until the end. Raises HubError when another hub has it."""
    make_private(settings.data)
    async with open_storage(
        settings.storage_url, synchronous=settings.sqlite_synchronous, guard=tenure.guard
    ) as storage:
        yield Base(settings=settings, storage=storage, clock=clock, live=LiveEvents(clock), tenure=tenure)
