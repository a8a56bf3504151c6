"""One story under way: machines that outlive every hub, hubs that are killed and started anew, people who watch."""

import asyncio
import gc
import logging
import math
import random
import warnings
from collections.abc import Callable, Collection, Coroutine, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from tests.simulation.fleet import CLOUDS, GENERATOR, HOURS, NAMES, fleet_text, has_generator
from tests.simulation.generator import House
from tests.simulation.handbacks import Handbacks
from tests.simulation.house import application_of, client, open_hub, settings_in
from tests.simulation.machine import Machine, OutputFolder
from tests.simulation.node import Line, SimulatedNode
from tests.simulation.virtual_time import Agenda, NothingEverHappens, VirtualClock, VirtualLoop
from tests.simulation.watcher import Watcher
from tests.simulation.wishes import Wishes
from vibes.app.hub import Hub
from vibes.domain.generation import GenerationStatus
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.passing import passes
from vibes.ports.nodes import GeneratorNode

WITH_MONEY = 1_000_000
"""From this seed on there are machines that cost money, and people who spend some."""
WITH_OWNERS = 2_000_000
"""From this seed on machines belong to somebody, by hours and by hand, and games hold their memory; no money."""
SERVER_ERROR, UNAVAILABLE = 500, 503


class Life:
    """``seed`` decides everything that nobody in the story does on purpose."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.agenda = Agenda()
        self.seed = seed
        self.trace: list[str] = []
        self.problems: list[str] = []
        self.has_money = WITH_MONEY <= seed < WITH_OWNERS
        self.has_owners = seed >= WITH_OWNERS
        self.names: tuple[str, ...] = (*NAMES, *CLOUDS) if self.has_money else NAMES
        shared = OutputFolder()
        self.machines = {
            name: Machine(
                name,
                self.agenda,
                self._chance(name),
                shared if name in NAMES[:-1] else OutputFolder(),
                self.note,
                swiftness=1.0 + index,
            )
            for index, name in enumerate(self.names)
        }
        self.lines = {name: Line() for name in self.names}
        if has_generator(seed):
            self.names = (*self.names, GENERATOR)
        self.house = House(folder / GENERATOR, self._chance(GENERATOR), self.note)
        (folder / "gpus.yaml").write_text(self.fleet_text(self.names), encoding="utf-8")
        self.settings = settings_in(folder)
        self.clock = VirtualClock(self.agenda)
        self._edited = False
        """Since the hub started."""
        self._followers: list[asyncio.Event] = []
        self.watchers: dict[str, Watcher] = {}
        self.batches: list[str] = []
        self.jobs: list[str] = []
        self.hub: Hub | None = None
        self.http: httpx.AsyncClient | None = None
        self.loop: VirtualLoop | None = None
        self.handbacks = Handbacks(self.clock.now)
        self.disk_full = self.database_full = self.files_run_out = False
        self.files_ran_out = False
        self.judged = False
        """The last hub was looked at after everything had healed."""
        self.wishes = Wishes(self.agenda)
        self.pictures = 0
        self._starts = 0
        self._fleet_is_broken = False
        self.dead: list[VirtualLoop] = []
        self.leaving = asyncio.Event()
        """Set: the hub is to end in order."""

    def note(self, what: str) -> None:
        self.trace.append(f"{self.agenda.now:9.3f} {what}")

    def complain(self, problem: str) -> None:
        self.note(f"WRONG: {problem}")
        self.problems.append(problem)

    def _chance(self, whose: object) -> random.Random:
        return random.Random(f"{self.seed} {whose}")  # noqa: S311 - a story that can be told again

    def factory(self, config: NodeConfig) -> GeneratorNode:
        name = config.id
        if name == GENERATOR:
            return self.house.node(config)
        return SimulatedNode(self.machines[name], self.lines[name], self._chance(f"line {name} {self._starts}"))

    def edit_fleet(self, text: str, *, broken: bool = False) -> None:
        self._fleet_is_broken = broken
        self.settings.config.write_text(text, encoding="utf-8")
        self._edited = True
        for follower in self._followers:
            follower.set()

    def follow_fleet(self) -> asyncio.Event:
        """Set by each edit since the hub started. Each follower has its own, so that none misses an edit that comes
        while it is busy with another."""
        follower = asyncio.Event()
        if self._edited:
            follower.set()
        self._followers.append(follower)
        return follower

    def run_hub(self, until: Callable[["Life"], Coroutine[Any, Any, None]]) -> None:
        """One process: until it is killed, or until ``until`` is done, and then it ends in order."""
        self._starts += 1
        self.note("the hub starts")
        self.database_full = self.files_run_out = self.files_ran_out = False  # no hub starts without them either
        if self._fleet_is_broken:  # then no hub starts, and says so
            self.edit_fleet(self.fleet_text(self.names))
        loop = self.loop = VirtualLoop(self.agenda, self._chance(f"threads {self._starts}"))
        loop.set_exception_handler(lambda _, context: logging.getLogger("asyncio").error(str(context)))
        self._edited, self._followers = False, []
        self.leaving = asyncio.Event()
        asyncio.set_event_loop(loop)
        task = loop.create_task(self._process(until))
        task.add_done_callback(lambda _: loop.stop())
        try:
            loop.run_forever()
        except NothingEverHappens:
            self.complain("the hub stood still for ever")
        error = task.exception() if task.done() and not task.cancelled() else None
        may_refuse = self.hub is None and (self.files_ran_out or (error is not None and passes(error)))
        if error is not None and not may_refuse:  # to start without its database or files
            self.complain(f"the hub ended itself: {error!r}")
        self.note("the hub is gone" if task.done() else "the hub was killed")
        self._bury(loop)

    def _bury(self, loop: VirtualLoop) -> None:
        self.hub = self.http = self.loop = None
        self.wishes.the_hub_is_gone()
        self.dead.append(loop)
        for machine in self.machines.values():
            machine.hearers.clear()
            machine.closers.clear()

    async def _process(self, until: Callable[["Life"], Coroutine[Any, Any, None]]) -> None:
        async with open_hub(self.settings, self.factory, self.clock) as hub:
            app = application_of(hub, self.settings)
            self.hub, self.http = hub, client(app)
            self._app = app
            self._with_the_hub: list[asyncio.Future[None]] = [
                asyncio.create_task(each.watch(app)) for each in self.watchers.values()
            ]
            await until(self)
            self.hub = self.http = None
            for watcher in self.watchers.values():
                watcher.cut()
            for task in self._with_the_hub:
                task.cancel()
            await asyncio.gather(*self._with_the_hub, return_exceptions=True)

    def kill_hub(self, turns: int) -> None:
        if self.loop is not None:
            self.loop.kill_in(turns)

    def end_hub(self) -> None:
        """In order, as by SIGTERM."""
        self.leaving.set()

    def fleet_text(self, names: Collection[str], disabled: str = "") -> str:
        return fleet_text(names, disabled, HOURS[self.seed % len(HOURS)] if self.has_owners else "")

    async def is_over(self) -> bool:
        if self.hub is None:
            return False
        counts = await self.hub.storage.generations.count_by_status()
        still_open = sum(number for status, number in counts.items() if not status.terminal)
        self.pictures = counts.get(GenerationStatus.COMPLETE, 0)
        storage, active = self.hub.storage, self.hub.board.active
        return not (still_open or active or await storage.jobs.open_jobs() or await storage.attempts.open_attempts())

    def begin(self, deed: Coroutine[Any, Any, None]) -> None:
        """Something that a person does, while a hub is there."""
        if self.loop is None or self.http is None:
            deed.close()
        else:
            self.loop.create_task(deed)

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """The answer where it is a good one, and nothing otherwise."""
        if self.http is None:
            return {}
        answer = await self.http.request(method, path, json=body, headers=headers)
        self.note(f"{method} {path.partition('?')[0]}: {answer.status_code}")
        if answer.status_code >= SERVER_ERROR and answer.status_code != UNAVAILABLE:
            self.complain(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        content = answer.json() if answer.content and answer.is_success else {}
        for wrong in _impossible_times(content):
            self.complain(f"{method} {path}: {wrong}")
        return content if isinstance(content, dict) else {"items": content}

    def watch(self, session_id: str) -> None:
        """From now on somebody has the session open."""
        if session_id not in self.watchers and self.http is not None:
            watcher = self.watchers[session_id] = Watcher(session_id, self.complain, self.note)
            self._with_the_hub.append(asyncio.create_task(watcher.watch(self._app)))

    async def sweep(self) -> None:
        """What the hub else does every few seconds, and like everything of its own not when it has ended."""
        if self.hub is not None:
            sweeping = asyncio.ensure_future(self.hub.sweep())
            self._with_the_hub.append(sweeping)
            await asyncio.wait([sweeping])

    @property
    def generations(self) -> dict[str, str]:
        """What those who watch believe of each."""
        return {each: status for watcher in self.watchers.values() for each, status in watcher.statuses.items()}


MOST_COLLECTIONS = 10


def forget(dead: list[VirtualLoop]) -> None:
    """Let go of what killed hubs left standing, which may want to tidy up now, once nobody knows their story any more:
    later it would complain in the middle of another test."""
    logging.disable()
    with warnings.catch_warnings(), patch("sys.unraisablehook", lambda _: None):
        warnings.simplefilter("ignore")
        asyncio.set_event_loop(None)
        while dead:
            dead.pop().bury()
        for _ in range(MOST_COLLECTIONS):  # what one lets go of makes work for the next
            if not gc.collect():
                break
    logging.disable(logging.NOTSET)


def _impossible_times(content: Any) -> Iterator[str]:
    """Seconds to come that are negative or no number."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name.startswith("eta") and isinstance(value, int | float) and not (math.isfinite(value) and value >= 0):
                yield f"{name} is {value}"
            yield from _impossible_times(value)
    elif isinstance(content, list):
        for each in content:
            yield from _impossible_times(each)
