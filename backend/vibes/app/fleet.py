"""The room of the machines: what gpus.yaml lists, the watch over each, and drains."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from vibes.app.base import Base
from vibes.app.workers import open_worker_links
from vibes.domain.chance import random_uuid
from vibes.environment.settings import Settings
from vibes.media_stores.open import OpenPlace
from vibes.nodes.kinds import node_kinds
from vibes.ports.kinds import HubTraits, NodeKinds
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.ports.workers.news import WorkerLinks
from vibes.services.discovery.service import Discovery
from vibes.services.fleet.circuit_breaker import BreakerTimes
from vibes.services.fleet.config_follower import Fleet
from vibes.services.fleet.rentals import RentalService
from vibes.services.fleet.service import FleetService
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watch_times import WatchTimes
from vibes.services.library.fleet_classes import FleetClasses


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRoom:
    kinds: NodeKinds
    supervisor: NodeSupervisor
    config: Fleet
    fleet: FleetService
    rentals: RentalService
    discovery: Discovery
    classes: FleetClasses


@asynccontextmanager
async def open_fleet(
    base: Base, place: OpenPlace, factory: GeneratorNodeFactory | None, kinds: NodeKinds | None
) -> AsyncIterator[FleetRoom]:
    """No node is watched before `FleetRoom.config` is loaded.

    ``kinds``: default all that are registered; ``factory`` drives every node instead.
    """
    settings = base.settings
    async with open_worker_links(base, place) as workers:
        kinds = kinds or node_kinds(_hub_traits(base, workers))
        supervisor = NodeSupervisor(base.tenure.nodes(factory or kinds), _watch_times(settings), base.clock)
        rentals = RentalService(kinds.rentals)
        try:
            async with supervisor:
                config = Fleet(settings.config, settings.env_files, kinds, supervisor.apply)
                fleet = FleetService(base.storage, supervisor, config, base.clock)
                yield FleetRoom(
                    kinds=kinds,
                    supervisor=supervisor,
                    config=config,
                    fleet=fleet,
                    rentals=rentals,
                    discovery=Discovery(settings.config, kinds, base.clock),
                    classes=_fleet_classes(supervisor),
                )
        finally:
            await rentals.close()


def _fleet_classes(supervisor: NodeSupervisor) -> FleetClasses:
    return FleetClasses(lambda: [each.client for each in supervisor.nodes.values() if each.inventory is not None])


def _hub_traits(base: Base, workers: WorkerLinks | None) -> HubTraits:
    settings = base.settings
    return HubTraits(
        hub_id=_hub_id(settings),
        answer_seconds=settings.answer_timeout,
        state_folder=settings.data / "generators",
        env_files=settings.env_files,
        rentals=base.storage.rentals,
        clock=base.clock,
        rental_url=settings.rental_url,
        rental_pace=settings.rental_pace,
        workers=workers,
    )


def _watch_times(settings: Settings) -> WatchTimes:
    pause = settings.breaker_pause
    return WatchTimes(
        check_interval=settings.health_interval,
        recheck_interval=settings.recheck_interval,
        slow_answer=settings.answer_timeout / 6,
        wedged_after=settings.wedged_after,
        breaker=BreakerTimes(first=pause, longest=30 * pause),
    )


def _hub_id(settings: Settings) -> UUID:
    """This hub's identity towards its nodes, created once in each data folder: two hubs must never share one."""
    path = settings.data / "hub-id"
    try:
        return UUID(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        identity = random_uuid()
        path.write_text(f"{identity}\n", encoding="ascii")
        return identity
