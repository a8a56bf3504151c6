"""The room of the machines: what gpus.yaml lists, each watched, and what their owners took back for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from vibes.app.base import Base
from vibes.environment.settings import Settings
from vibes.nodes.comfyui.http import HttpLimits
from vibes.nodes.comfyui.node import comfyui_node_factory
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.services.fleet.circuit_breaker import BreakerTimes
from vibes.services.fleet.config_follower import Fleet
from vibes.services.fleet.drains import Drains
from vibes.services.fleet.health_monitor import WatchTimes
from vibes.services.fleet.supervisor import NodeSupervisor


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRoom:
    supervisor: NodeSupervisor
    config: Fleet
    drains: Drains


@asynccontextmanager
async def open_fleet(base: Base, factory: GeneratorNodeFactory | None) -> AsyncIterator[FleetRoom]:
    """No node is watched before `FleetRoom.config` is loaded. ``factory``: default is ComfyUI over the network."""
    supervisor = NodeSupervisor(factory or _comfyui_nodes(base.settings), _watch_times(base.settings), base.clock)
    async with supervisor:
        yield FleetRoom(
            supervisor=supervisor,
            config=Fleet(base.settings.config, supervisor.apply),
            drains=Drains(base.storage, supervisor, base.clock),
        )


def _comfyui_nodes(settings: Settings) -> GeneratorNodeFactory:
    seconds = settings.answer_timeout
    limits = HttpLimits(check_seconds=seconds / 3, answer_seconds=seconds)
    return comfyui_node_factory(hub_id=_hub_id(settings), limits=limits)


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
    """This hub's identity towards its nodes, made once a data folder: two hubs must never share one."""
    path = settings.data / "hub-id"
    try:
        return UUID(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        identity = uuid4()
        path.write_text(f"{identity}\n", encoding="ascii")
        return identity
