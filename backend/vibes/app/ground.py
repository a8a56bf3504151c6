"""What exists before any work: the base, workflows, pictures and machines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from vibes.app.base import Base, Tenure, open_base
from vibes.app.fleet import FleetRoom, open_fleet
from vibes.app.library import LibraryRoom, open_library
from vibes.app.media import MediaRoom, open_media
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.ports.kinds import NodeKinds
from vibes.ports.nodes import GeneratorNodeFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    base: Base
    library: LibraryRoom
    media: MediaRoom
    fleet: FleetRoom


@asynccontextmanager
async def open_ground(
    settings: Settings,
    clock: Clock,
    node_factory: GeneratorNodeFactory | None,
    kinds: NodeKinds | None,
    tenure: Tenure,
) -> AsyncIterator[Ground]:
    """Open them in the order of their dependencies; they are closed in the reverse order."""
    async with open_base(settings, clock, tenure) as base:
        library = await open_library(base)
        async with open_media(base) as media, open_fleet(base, media.place, node_factory, kinds) as fleet:
            yield Ground(base=base, library=library, media=media, fleet=fleet)
