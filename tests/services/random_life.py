"""A whole hub in this process, people and machines that do anything at any time, by one seed; and what must hold then.

``python -m tests.services.random_life SEED [STEPS]`` lives one such life and says what was wrong with it.
"""

import asyncio
import logging
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from tests.fakes import FakeNode
from tests.faults.checker import check_pictures, rows
from tests.hub import http_client, open_hub, settings_for
from tests.services.random_deeds import DEEDS, OVER
from tests.services.random_fleet import NAMES, Machine, fleet_of, pass_time
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.attempt import OPEN_ATTEMPT_STATES
from vibes.domain.events import BatchChanged, SessionEvent
from vibes.domain.node import NodeConfig
from vibes.services.maintenance import healing, queue_comparison


class Told(logging.Handler):
    """Faults of ours that were logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.faults: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.startswith(("vibes", "asyncio"))
        if (
            ours
            and (record.exc_info or record.levelno >= logging.ERROR)
            and "is not applied" not in record.getMessage()
        ):
            self.faults.append(self.format(record))


class Life:
    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a story to be told again, no secret
        self.machines = {name: Machine(name) for name in NAMES}
        self.settings = settings_for(folder, fleet=fleet_of(NAMES), undo_window_hours=0, wedged_after=0.05)
        self.folder = folder
        self.problems: list[str] = []
        self.statuses: Counter[str] = Counter()
        self.batches: dict[str, BatchChanged] = {}
        self.hub: Hub
        self.http: httpx.AsyncClient
        self._errands: set[asyncio.Task[None]] = set()

    def factory(self, config: NodeConfig) -> FakeNode:
        return self.machines[config.id].client(config)

    @asynccontextmanager
    async def _hub(self) -> AsyncIterator[None]:
        async with open_hub(self.settings, self.factory) as hub, http_client(hub, self.settings) as http:
            self.hub, self.http = hub, http
            self._overhear(hub)
            yield

    def _overhear(self, hub: Hub) -> None:
        def heard(event: SessionEvent) -> None:
            tally = getattr(event, "batch", None)
            if tally is not None and not 0 <= tally.completed <= tally.total:
                self.problems.append(f"impossible tally {tally}")
            if isinstance(event, BatchChanged):
                self.batches[event.batch.batch_id] = event

        hub.live.overhear(heard)

    async def live(self, steps: int) -> None:
        workers = [asyncio.create_task(machine.work(self.chance)) for machine in self.machines.values()]
        try:
            left = steps
            while left > 0:
                async with self._hub():
                    for _ in range(min(left, self.chance.randint(20, 80))):
                        await self._step()
                        left -= 1
                    await self._errands_done()
            async with self._hub():
                await self._heal()
                await self._all_over()
                await self._verdict()
        finally:
            for task in (*workers, *self._errands):
                task.cancel()
            await asyncio.gather(*workers, *self._errands, return_exceptions=True)

    async def _errands_done(self) -> None:
        if self._errands:
            await asyncio.wait(self._errands)

    async def _step(self) -> None:
        deed = self.chance.choice(DEEDS)
        if self.chance.random() < 0.5:
            await deed(self)
        else:  # beside others
            task = asyncio.create_task(deed(self))
            self._errands.add(task)
            task.add_done_callback(self._errands.discard)
        if self.chance.random() < 0.6:
            await pass_time(self.chance, 0, 0.04)

    async def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = await self.http.request(method, path, json=body)
        if answer.status_code >= 500 and answer.status_code != 503:
            self.problems.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json()) if answer.is_success and answer.content else {}

    async def some(self, *statuses: str) -> dict[str, Any] | None:
        found = (await self.call("GET", "/api/generations?limit=60")).get("generations", [])
        found = [each for each in found if not statuses or each["status"] in statuses]
        return dict(self.chance.choice(found)) if found else None

    def machine(self) -> FakeNode | None:
        return self.machines[self.chance.choice(NAMES)].node

    async def _heal(self) -> None:
        self.settings.config.write_text(fleet_of(NAMES), encoding="utf-8")
        await self.call("PATCH", "/api/queue", {"action": "resume"})
        await eventually(lambda: len(self.hub.supervisor.nodes) == len(NAMES), what="the fleet is whole")
        for machine in self.machines.values():
            machine.healed()
        for name in NAMES:
            await self.call("POST", f"/api/gpus/{name}/resume")

    async def _all_over(self) -> None:
        async def over() -> bool:
            for machine in self.machines.values():
                if machine.node is not None and machine.node.wedged:
                    machine.healed()
            counts = await self.hub.storage.generations.count_by_status()
            open_ones = sum(number for status, number in counts.items() if not status.terminal)
            return not open_ones and not self.hub.board.active and not await self.hub.storage.jobs.open_jobs()

        try:
            await eventually(over, every=0.05, what="everything is over")
        except AssertionError:
            self.problems.append(f"stuck: {await self._stuck()}")

    async def _stuck(self) -> list[str]:
        found = [
            row for row in rows(self.folder, "SELECT id, status, gpu_id FROM generations") if row["status"] not in OVER
        ]
        waits = [f"{row}: {self.hub.forecast.waiting_for(row['id'])}" for row in found]
        under_way = [f"{each.id}: {'; '.join(map(str, each.story))}" for each in self.hub.board.active.values()]
        return [*waits, *under_way, *map(str, await self.hub.storage.jobs.open_jobs())]

    async def _verdict(self) -> None:
        await eventually(lambda: self._closed() == [], what="every attempt is closed")
        generations = rows(self.folder, "SELECT * FROM generations")
        won = rows(self.folder, "SELECT generation_id FROM attempts WHERE state = 'won'")
        complete = {row["id"] for row in generations if row["status"] == "complete"}
        if {row["generation_id"] for row in won} != complete or len(won) != len(complete):
            self.problems.append("won attempts and complete pictures differ")
        self.statuses = Counter(row["status"] for row in generations)
        self.problems += [f"{row['id']}: {row['error_message']}" for row in generations if _ours(row["error_message"])]
        self.problems += [str(each) for each in rows(self.folder, "SELECT error_message FROM jobs") if _ours(str(each))]
        for batch_id, event in self.batches.items():
            members = [row["status"] for row in generations if row["batch_id"] == batch_id]
            if members and event.batch.completed != event.batch.total:
                self.problems.append(f"the last word on batch {batch_id}: {event.batch}, its rows {members}")
        self.problems += self.hub.health.problems()
        try:
            check_pictures(self.folder, generations)
        except (AssertionError, OSError) as error:
            self.problems.append(f"pictures: {str(error)[:1000]}")

    def _closed(self) -> list[dict[str, Any]]:
        attempts = rows(self.folder, "SELECT id, state FROM attempts")
        return [attempt for attempt in attempts if attempt["state"] in OPEN_ATTEMPT_STATES]


def _ours(message: object) -> bool:
    return "internal error" in str(message)


async def problems_of_a_life(folder: Path, seed: int, steps: int) -> list[str]:
    """One sentence for everything that was wrong; none in a good life."""
    told = Told()
    logging.getLogger().addHandler(told)
    life = Life(folder, seed)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.faults.append(str(context)))
    try:
        with patch.object(healing, "SWEEP_SECONDS", 1.0), patch.object(queue_comparison, "SURE_SECONDS", 3.0):
            await life.live(steps)
    finally:
        logging.getLogger().removeHandler(told)
    if not life.statuses.get("complete"):
        life.problems.append(f"nothing was drawn: {life.statuses}")
    return [*life.problems, *told.faults]


def main() -> None:
    seed, steps = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300
    folder = Path(tempfile.mkdtemp())
    for problem in asyncio.run(problems_of_a_life(folder, seed, steps)):
        print(problem)  # noqa: T201 - what was asked for
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
