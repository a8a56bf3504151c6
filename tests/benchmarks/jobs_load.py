"""A thousand jobs at once on nodes that take no time: how soon they are accepted, and that all come to an end."""

import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.instant_fleet import fleet_of
from tests.fakes import png
from tests.processes import vibes_service
from tests.waiting import eventually
from vibes.client import AsyncHubClient, Task
from vibes.domain.job import OPEN_JOB_STATUSES, JobStatus

NODES, JOBS, QUICK_JOBS = 6, 1000, 100
AT_ONCE = 32
"""Submissions under way, as of so many programs."""
ACCEPTED_SECONDS = 10.0
"""For a thousand."""
LIMIT_SECONDS = 500.0
LOOK_SECONDS = 1.0
SIZE = {"width": 128, "height": 128}


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    count = QUICK_JOBS if quick else JOBS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        ports = [argument for _ in range(NODES) for argument in ("--port", "0", "--profile", "instant")]
        async with vibes_service("simulate", *ports, cwd=path, nodes=NODES) as simulator:
            (path / "gpus.yaml").write_text(fleet_of(simulator.urls), encoding="utf-8")
            async with (
                vibes_service(
                    *("serve", "--config", "gpus.yaml", "--data", "data", "--port", "0"), cwd=path
                ) as service,
                AsyncHubClient(service.url) as hub,
            ):
                await eventually(lambda: _all_ready(hub), within=30)
                accepted, ended, statuses = await _run(hub, count)
                left = await _left_behind(path / "data" / "artifacts")
                drawn = (await hub.generations.search(limit=1)).total
    complete = statuses[JobStatus.COMPLETE]
    figures = [
        Figure(f"{count:,} jobs of 3 tasks, until all are accepted", accepted, "s", ACCEPTED_SECONDS * count / JOBS),
        Figure("jobs of these that did not come to a good end", count - complete, "jobs", 0),
        Figure("pictures of these too many or too few", abs(drawn - 3 * count), "pictures", 0),
        Figure("uploads of these left behind", left, "files", 0),
    ]
    return figures, {"jobs": count, "jobs_accepted_seconds": accepted, "jobs_ended_seconds": ended}


async def _all_ready(hub: AsyncHubClient) -> bool:
    return all(gpu.healthy for gpu in (await hub.discovery.fleet()).gpus)


async def _run(hub: AsyncHubClient, count: int) -> tuple[float, float, Counter[JobStatus]]:
    """Seconds from the first submission to the last answer and to the last end, and what became of the jobs."""
    upload = await hub.artifacts.upload(png())
    tasks = [
        Task("draw", "sd15.text2img", {"prompt": "a lighthouse", **SIZE}),
        Task("again", "sd15.img2img", {"prompt": "a lighthouse", "image": "@draw.images[0]", **SIZE}),
        Task("own", "sd15.img2img", {"prompt": "a lighthouse", "image": upload.reference, **SIZE}),
    ]
    left = iter(range(count))
    began = time.monotonic()

    async def submit() -> None:
        for _ in left:
            await hub.jobs.submit(tasks)

    await asyncio.gather(*(submit() for _ in range(AT_ONCE)))
    accepted = time.monotonic() - began
    looked_at = began

    async def over() -> bool:
        nonlocal looked_at
        if time.monotonic() - looked_at < LOOK_SECONDS:  # a look costs what is measured
            return False
        looked_at = time.monotonic()
        return (await hub.jobs.list(statuses=OPEN_JOB_STATUSES, limit=1)).total == 0

    await eventually(over, within=LIMIT_SECONDS, what="every job is over")
    ended = time.monotonic() - began
    found = {status: (await hub.jobs.list(statuses=[status], limit=1)).total for status in JobStatus}
    return accepted, ended, Counter(found)


async def _left_behind(folder: Path) -> int:
    """A job's uploads go right behind its end, not with it."""

    def files() -> list[Path]:
        return list(folder.iterdir())

    try:
        await eventually(lambda: not files())
    except AssertionError:
        return len(files())
    return 0
