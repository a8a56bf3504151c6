"""Whatever breaks inside the hub, the hub goes on: its activities rest and begin again, and people are told."""

import asyncio
import errno
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for
from tests.services.asking import finished, request
from tests.services.jobbing import chain, ended, job_of, task
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.commands.hub import serve
from vibes.commands.hub.listening import bind
from vibes.domain.attempt import Attempt
from vibes.domain.errors import StorageUnavailable
from vibes.domain.generation import GenerationStatus
from vibes.domain.job import JobStatus
from vibes.domain.passing import passes
from vibes.server import connections
from vibes.server.connections import Connections
from vibes.services.execution.dispatcher import Dispatcher
from vibes.services.execution.node_news import NodeNews
from vibes.services.fleet.config_follower import Fleet
from vibes.services.jobs import runner as job_runner
from vibes.services.jobs.runner import JobRunner
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.maintenance.healing import Healing
from vibes.services.maintenance.retention import Retention
from vibes.services.runtime import loop
from vibes.services.runtime.loop import Troubles, keep_running

TOO_MANY_FILES = OSError(errno.EMFILE, "Too many open files")


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "REST_SECONDS", (0.001,))


def broken(times: int, error: BaseException, then: Callable[..., Any] | None = None) -> Callable[..., Any]:
    left = iter(range(times))

    async def breaks(*given: Any) -> Any:
        if next(left, None) is not None:
            raise error
        assert then is not None
        return await then(*given)

    return breaks


@pytest.mark.parametrize(
    "error", [KeyError("x"), TOO_MANY_FILES, RecursionError("deep"), asyncio.CancelledError(), MemoryError()]
)
async def test_an_activity_that_breaks_begins_again_however_often_and_is_told_in_full_once(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    troubles, goes_on = Troubles(), asyncio.Event()

    async def at_last() -> None:
        goes_on.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keep_running("retention", broken(20, error, at_last), troubles))
    await eventually(goes_on.is_set)
    assert "retention broke, 20 times in a row" in troubles.sentences[0]
    assert sum(bool(record.exc_info) for record in caplog.records) == (0 if passes(error) else 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_activity_that_ends_by_itself_begins_again_and_a_healthy_one_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "HEALTHY_SECONDS", 0.05)
    troubles, lives = Troubles(), 0

    async def ends_twice() -> None:
        nonlocal lives
        lives += 1
        if lives > 2:
            await asyncio.Event().wait()

    task = asyncio.create_task(keep_running("events", ends_twice, troubles))
    await eventually(lambda: lives == 3)
    await eventually(lambda: not troubles.sentences, what="it has run for a while")
    task.cancel()


EVERY_ACTIVITY = [
    (Fleet, "follow", "gpus.yaml"),
    (WorkflowCatalog, "follow", "workflows"),
    (Retention, "run", "retention"),
    (JobRunner, "run", "jobs"),
    (Healing, "follow", "healing"),
]


@pytest.mark.parametrize(("owner", "method", "name"), EVERY_ACTIVITY)
async def test_no_activity_beside_the_dispatcher_is_needed_to_draw_and_the_hub_says_what_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, name: str
) -> None:
    monkeypatch.setattr(owner, method, broken(10**6, TOO_MANY_FILES))
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        await eventually(lambda: any("10 times in a row" in each for each in hub.health.problems()))
        await finished(hub, (await hub.generations.submit(request())).batch.id)
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        [problem] = ready.json()["problems"]
        assert problem.startswith(f"{name} broke")
        assert "Too many open files" in problem
        assert (await http.get("/api/gpus")).json()["hub_problems"]


async def test_slow_connections_are_ended_also_after_a_fault_in_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeps: list[float] = []

    def breaking_at_first(_: Connections, now: float, elapsed: float) -> None:
        sweeps.append(now)
        if len(sweeps) == 1:
            raise RuntimeError("a transport that is no more")

    monkeypatch.setattr(Connections, "sweep", breaking_at_first)
    monkeypatch.setattr(connections, "SWEEP_SECONDS", 0.01)
    former = signal.signal(signal.SIGTERM, lambda *_: None)  # as the command does: the server raises it again
    try:
        settings = settings_for(tmp_path, fleet="nodes: []")
        serving = asyncio.create_task(serve._serve(settings, bind("127.0.0.1", 0), None))
        await eventually(lambda: len(sweeps) > 1, what="it looks at the connections again")
        signal.raise_signal(signal.SIGTERM)
        await serving
    finally:
        signal.signal(signal.SIGTERM, former)


async def test_a_hub_without_its_dispatcher_is_alive_and_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Dispatcher.run
    monkeypatch.setattr(Dispatcher, "run", broken(10**6, KeyError("n0")))
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        submission = await hub.generations.submit(request())
        await eventually(lambda: hub.health.vital_problem)
        assert (await http.get("/healthz")).status_code == 200
        refusal = await http.get("/readyz")
        assert (refusal.status_code, refusal.json()["code"]) == (503, "broken")
        assert "dispatcher broke" in refusal.json()["detail"]
        monkeypatch.setattr(Dispatcher, "run", runs)
    async with open_hub(settings, FakeFleet()) as hub:
        assert (await finished(hub, submission.batch.id))[0].status is GenerationStatus.COMPLETE


async def test_a_fault_of_ours_in_one_job_fails_that_job_and_the_rest_goes_on_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reads = job_runner._request

    def breaks(job: Any, task: Any, workflow: Any, made: Any) -> Any:
        if task.id == "cursed":
            raise KeyError("images")
        return reads(job, task, workflow, made)

    monkeypatch.setattr(job_runner, "_request", breaks)
    settings = settings_for(tmp_path)
    for _ in range(2):
        async with open_hub(settings, FakeFleet()) as hub:
            bad = await hub.jobs.submit(job_of(task("fine"), task("cursed")))
            good = await hub.jobs.submit(chain())
            view = await ended(hub, bad)
            assert view.job.status is JobStatus.FAILED
            assert view.job.failed_task == "cursed"
            assert "internal error: KeyError('images')" in str(view.job.error_message)
            assert (await ended(hub, good)).job.status is JobStatus.COMPLETE
            assert not hub.health.problems()
    assert "Traceback" in caplog.text


async def test_a_job_that_cannot_even_be_read_keeps_no_other_from_going_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = JobRunner._drive
    cursed: list[str] = []

    async def breaks(self: JobRunner, job_id: Any) -> None:
        if job_id in cursed:
            raise ValueError("'odd' is no JobStatus")
        await drive(self, job_id)

    monkeypatch.setattr(JobRunner, "_drive", breaks)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        await hub.queue.pause()
        bad = await hub.jobs.submit(chain())
        cursed.append(bad.id)
        monkeypatch.setattr(JobRunner, "_end", broken(1, ValueError("'odd' is no JobStatus"), JobRunner._end))
        await hub.queue.resume()
        await eventually(hub.health.problems, what="it is told that the job can neither go on nor be ended")
        good = await hub.jobs.submit(chain())
        assert (await ended(hub, good)).job.status is JobStatus.COMPLETE


@pytest.mark.parametrize("error", [StorageUnavailable("the disk is full"), TOO_MANY_FILES])
async def test_a_picture_survives_any_number_of_refusals_by_the_hubs_own_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """More than the losses to nodes that it may have."""
    monkeypatch.setattr("vibes.services.execution.attempt_tasks.STORAGE_RETRY_SECONDS", 0.001)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        _refuse(hub, monkeypatch, broken(30, error, hub.storage.attempts.begin))
        submission = await hub.generations.submit(request())
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE


def misunderstands(*_: object) -> None:
    raise KeyError("gone")


def _refuse(hub: Hub, monkeypatch: pytest.MonkeyPatch, begin: Callable[[Attempt], Any]) -> None:
    monkeypatch.setattr(hub.storage.attempts, "begin", begin)


async def test_what_breaks_in_a_listener_breaks_nothing_in_who_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NodeNews, "node_changed", misunderstands)
    monkeypatch.setattr(JobRunner, "overhear", misunderstands)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        submission = await hub.generations.submit(request(count=3))
        generations = await finished(hub, submission.batch.id)
        await eventually(lambda: not hub.board.active)
        assert not hub.health.problems()
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 3
