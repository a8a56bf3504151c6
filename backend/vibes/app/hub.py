"""Starts the hub in the order of need and takes it down again; nothing else imports this but the command line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from vibes.api.http.authentication import Authentication, SharedKey
from vibes.api.http.hub import Hub
from vibes.app.base import Base
from vibes.app.ground import open_ground
from vibes.app.house import House, build_house
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.ports.kinds import NodeKinds
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.services.runtime.clock import SystemClock
from vibes.services.runtime.loop import Loops, running_loops
from vibes.services.runtime.settled_heap import SettledHeap


@asynccontextmanager
async def running_hub(
    settings: Settings,
    node_factory: GeneratorNodeFactory | None = None,
    clock: Clock | None = None,
    kinds: NodeKinds | None = None,
) -> AsyncIterator[Hub]:
    """Open in the order of need, recover before the first dispatch, close in the reverse order.

    ``kinds``: what may drive a node; default: all that are registered. ``node_factory`` drives every node instead,
    whatever its kind. ``clock``: the system's.
    """
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(open_ground(settings, clock or SystemClock(), node_factory, kinds))
        house = build_house(ground)
        ground.fleet.supervisor.subscribe(house.execution.node_news)
        await _take_up_what_was_left(house)
        stack.callback(house.queue.forecast.stop)
        stack.push_async_callback(house.execution.dispatcher.stop)
        loops = await stack.enter_async_context(running_loops())
        _start(house, loops)
        yield _hub(house, loops)


async def _take_up_what_was_left(house: House) -> None:
    """By an earlier hub, before anything new is begun."""
    await house.generations.models.load()
    await house.ground.fleet.drains.load()
    await house.ground.fleet.config.load()
    await house.maintenance.recovery.run()


def _start(house: House, loops: Loops) -> None:
    """All that goes on by itself until the hub ends."""
    ground, maintenance = house.ground, house.maintenance
    loops.start("dispatcher", house.execution.dispatcher.run, vital=True)
    if ground.base.settings.warm_up:
        ground.base.live.overhear(maintenance.warm_up.overhear)
        loops.start("warm-up", maintenance.warm_up.run)
    loops.start("bookkeeping", house.execution.progress_writer.run)
    loops.start("heap", SettledHeap(lambda: house.queue.board.waiting, ground.base.clock).follow)
    loops.start("queue", maintenance.queue_reader.follow, vital=True)
    loops.start("healing", maintenance.healing.follow)
    loops.start("gpus.yaml", ground.fleet.config.follow)
    loops.start("workflows", ground.library.catalog.follow)
    loops.start("retention", maintenance.retention.run)
    ground.base.live.overhear(house.jobs.runner.overhear)
    loops.start("jobs", house.jobs.runner.run)


def _hub(house: House, loops: Loops) -> Hub:
    ground, queue, sessions, generations = house.ground, house.queue, house.sessions, house.generations
    base, fleet, dispatcher = ground.base, ground.fleet, house.execution.dispatcher
    return Hub(
        storage=base.storage,
        sessions=sessions.sessions,
        generations=generations.generations,
        queue=generations.queue,
        images=ground.media.images,
        gallery=sessions.gallery,
        artifacts=ground.media.artifacts,
        uploads=ground.media.uploads,
        catalog=ground.library.catalog,
        models=generations.models,
        materials=generations.materials,
        importer=ground.library.importer,
        supervisor=fleet.supervisor,
        drains=fleet.drains,
        board=queue.board,
        forecast=queue.forecast,
        estimator=queue.estimator,
        flows=sessions.flows,
        jobs=house.jobs.jobs,
        job_feed=house.jobs.feed,
        job_progress=house.jobs.runner.progress_of,
        heartbeat_seconds=base.settings.event_heartbeat,
        live=base.live,
        authentication=_authentication(base),
        stop_claiming=dispatcher.stop_claiming,
        stopping=lambda: dispatcher.stopping,
        sweep=house.maintenance.healing.sweep,
        fleet_problems=lambda: fleet.config.problems,
        problems=lambda: _problems(house, loops),
        vital_problem=lambda: loops.broken,
    )


def _authentication(base: Base) -> Authentication:
    key = base.settings.api_key
    return Authentication(SharedKey(key.get_secret_value()) if key else None, base.clock)


def _problems(house: House, loops: Loops) -> list[str]:
    """What is broken in the hub itself, in words."""
    planning = house.execution.planning.problem
    return [
        *([planning] if planning else []),
        *loops.troubles.sentences,
        *house.ground.fleet.supervisor.troubles.sentences,
        *house.jobs.runner.problems,
    ]
