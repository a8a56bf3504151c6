"""An upload stays while anything names it, over restarts and clocks that are set; or a day after its last use."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock, FakeFleet, png
from tests.fakes.dates import DateOfTheStory
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.services.jobbing import ENLARGE, job_of, submitted, task
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import SessionId
from vibes.domain.session import FlowType
from vibes.media_stores.folder import FolderMediaStore
from vibes.services.media.artifact_store import UNUSED_SECONDS, ArtifactStore

A_DAY = timedelta(days=1)


class SetClock(FakeClock):
    """Its date is set; what it tells of durations goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._offset = timedelta()

    def now(self) -> datetime:
        return super().now() + self._offset

    def set_by(self, jump: timedelta) -> None:
        self._offset += jump


async def uploaded(hub: Hub, colour: tuple[int, int, int]) -> str:
    return await added(hub.artifacts, colour)


async def added(artifacts: ArtifactStore, colour: tuple[int, int, int]) -> str:
    async def read() -> bytes:
        return png(colour)

    return (await artifacts.add(read, "file")).id


async def started_from(hub: Hub, upload: str) -> SessionId:
    """A session whose start picture it is, as the studio keeps that."""
    config: Mapping[str, Any] = {"prompt": "x", "start": {"picture": f"artifact:{upload}", "strength": 0.5}}
    return (await hub.sessions.create(FlowType.DRAFT_GRID, config)).id


async def gone(hub: Hub, upload: str) -> None:
    """The hub has swept what nothing names, this among it."""

    async def is_gone() -> bool:
        return not await hub.artifacts.exists(upload)

    await eventually(is_gone, what="the upload that nothing names is swept")
    await hub.artifacts.sweep(hub.storage.artifacts.named)  # whatever the hub's own sweep was about to delete


async def test_what_a_session_or_a_paused_request_names_outlives_restarts_days_later(tmp_path: Path) -> None:
    settings, fleet = settings_for(tmp_path, undo_window_hours=100), FakeFleet()
    async with open_hub(settings, fleet) as hub:
        nobodys, start, set_aside, painted = [await uploaded(hub, (each, 2, 2)) for each in range(4)]
        session = await started_from(hub, start)
        deleted = await started_from(hub, set_aside)
        await hub.sessions.set_aside(deleted)
        await hub.queue.pause()
        values = {"prompt": "a cat", "image": f"artifact:{painted}"}
        waiting = await hub.generations.submit(request(workflow="sd15_img2img", values=values))
    async with open_hub(settings, fleet, clock=DateOfTheStory(3 * A_DAY)) as hub:
        await gone(hub, nobodys)
        await hub.sessions.restore(deleted)
        for each in (start, set_aside, painted):
            assert await hub.artifacts.exists(each)
        await hub.queue.resume()
        [drawn] = await finished(hub, waiting.batch.id)
        assert drawn.status is GenerationStatus.COMPLETE, drawn.error_message
        await hub.sessions.merge_config(session, {"start": None})
    async with open_hub(settings, fleet, clock=DateOfTheStory(6 * A_DAY)) as hub:
        await gone(hub, start)
        assert await hub.artifacts.exists(painted), "the picture that was drawn from it can be drawn again"


async def test_a_job_takes_no_upload_along_that_a_session_or_another_picture_starts_from(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet(instant=False)) as hub:
        start, of_a_picture, its_own = [await uploaded(hub, (each, 3, 3)) for each in range(3)]
        await started_from(hub, start)
        values = {"prompt": "a cat", "image": f"artifact:{of_a_picture}"}
        picture = await hub.generations.submit(request(workflow="sd15_img2img", values=values))
        uploads = enumerate((start, of_a_picture, its_own))
        tasks = [task(f"t{number}", ENLARGE, image=f"artifact:{each}") for number, each in uploads]
        job = await hub.jobs.submit(job_of(*tasks))
        await hub.generations.cancel(picture.generations[0].id)
        await hub.jobs.cancel(job.id)
        assert not await hub.artifacts.exists(its_own)
        assert await hub.artifacts.exists(start)
        assert await hub.artifacts.exists(of_a_picture), "whoever asks for that picture again needs it"


async def test_an_upload_that_a_job_waits_for_outlives_its_day(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet(instant=False)) as hub:
        needed, unused = await uploaded(hub, (1, 1, 1)), await uploaded(hub, (2, 2, 2))
        job = await hub.jobs.submit(job_of(task("t1"), task("t2", ENLARGE, image=f"@artifact:{needed}")))
        await submitted(hub, job, "t1")
    async with open_hub(settings, FakeFleet(instant=False), clock=DateOfTheStory(2 * A_DAY)) as hub:
        await gone(hub, unused)
        assert await hub.artifacts.exists(needed)
        await hub.jobs.cancel(job.id)
        assert not await hub.artifacts.exists(needed)


class Named:
    """Who asks which uploads are named, and how often."""

    def __init__(self, *named: str) -> None:
        self._named = frozenset(named)
        self.asked = 0

    async def __call__(self, artifact_ids: Collection[str]) -> Collection[str]:
        self.asked += 1
        return self._named.intersection(artifact_ids)


@pytest.mark.parametrize("jump", [400 * A_DAY, -400 * A_DAY])
async def test_a_clock_that_is_set_takes_nothing_fresh_and_keeps_nothing_for_ever(
    tmp_path: Path, jump: timedelta
) -> None:
    clock = SetClock()
    artifacts = ArtifactStore(FolderMediaStore(tmp_path, clock), clock)
    fresh = await added(artifacts, (1, 1, 1))
    clock.set_by(jump)
    assert await artifacts.sweep(Named()) == []
    clock.advance(UNUSED_SECONDS / 2)
    assert await artifacts.sweep(Named()) == []
    clock.advance(UNUSED_SECONDS / 2 + 1)
    assert await artifacts.sweep(Named()) == [fresh]


async def test_what_names_an_upload_is_looked_for_once_a_day_at_most(tmp_path: Path) -> None:
    clock = FakeClock()
    artifacts = ArtifactStore(FolderMediaStore(tmp_path, clock), clock)
    named = Named(await added(artifacts, (1, 1, 1)))
    for _ in range(3 * 24):
        clock.advance(3600)
        assert await artifacts.sweep(named) == []
    assert named.asked <= 3
