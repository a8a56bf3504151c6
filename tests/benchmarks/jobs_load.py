"""A thousand jobs at once on nodes that take no time: how soon they are accepted, and that all come to an end."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.hubs import instant_hub
from tests.fakes import png
from tests.waiting import eventually
from vibes.client import Artifact, AsyncHubClient, Task
from vibes.domain.job import OPEN_JOB_STATUSES, JobStatus

NODES, JOBS, QUICK_JOBS = 6, 1000, 100
PROGRAMS, AT_ONCE = 4, 8
"""Each with so many submissions under way."""
ACCEPTED_SECONDS = 3.0
"""For a thousand."""
LIMIT_SECONDS = 500.0
LOOK_SECONDS = 1.0
"""Between two looks, which cost what is measured."""
SIZE = {"width": 128, "height": 128}


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    count = QUICK_JOBS if quick else JOBS
    async with instant_hub(NODES) as (service, data), AsyncHubClient(service.url) as hub:
        upload = await hub.artifacts.upload(png())
        began = time.monotonic()
        left = iter(range(count))
        await asyncio.gather(*(_program(service.url, left, _tasks(upload)) for _ in range(PROGRAMS)))
        accepted = time.monotonic() - began
        await _all_over(hub)
        ended = time.monotonic() - began
        statuses = {status: (await hub.jobs.list(statuses=[status], limit=1)).total for status in JobStatus}
        left_behind = await _left_behind(data / "artifacts")
        drawn = (await hub.generations.search(limit=1)).total
    complete = statuses[JobStatus.COMPLETE]
    figures = [
        Figure(f"{count:,} jobs of 3 tasks, until all are accepted", accepted, "s", ACCEPTED_SECONDS * count / JOBS),
        Figure("jobs of these that did not come to a good end", count - complete, "jobs", 0),
        Figure("pictures of these too many or too few", abs(drawn - 3 * count), "pictures", 0),
        Figure("uploads of these left behind", left_behind, "files", 0),
    ]
    return figures, {"jobs": count, "jobs_accepted_seconds": accepted, "jobs_ended_seconds": ended}


def _tasks(upload: Artifact) -> list[Task]:
    return [
        Task("draw", "sd15.text2img", {"prompt": "a lighthouse", **SIZE}),
        Task("again", "sd15.img2img", {"prompt": "a lighthouse", "image": "@draw.images[0]", **SIZE}),
        Task("own", "sd15.img2img", {"prompt": "a lighthouse", "image": upload.reference, **SIZE}),
    ]


async def _program(url: str, left: Iterator[int], tasks: list[Task]) -> None:
    """Hands in jobs as long as there are any left, which it shares with the others."""
    async with AsyncHubClient(url) as hub:

        async def submit() -> None:
            for _ in left:
                await hub.jobs.submit(tasks)

        await asyncio.gather(*(submit() for _ in range(AT_ONCE)))


async def _all_over(hub: AsyncHubClient) -> None:
    async def over() -> bool:
        return (await hub.jobs.list(statuses=OPEN_JOB_STATUSES, limit=1)).total == 0

    await eventually(over, within=LIMIT_SECONDS, every=LOOK_SECONDS, what="every job is over")


async def _left_behind(folder: Path) -> int:
    """A job's uploads go right behind its end, not with it."""

    def files() -> list[Path]:
        return list(folder.iterdir())

    try:
        await eventually(lambda: not files())
    except AssertionError:
        return len(files())
    return 0
