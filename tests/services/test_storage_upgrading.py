"""A database of an earlier release is upgraded with all its rows, and every one of them reads as it did."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOON
from vibes.domain.attempt import AttemptState
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import BatchId, JobId, SessionId
from vibes.domain.pictures.media_type import MediaType
from vibes.storage.open import open_storage
from vibes.storage.upgrading.migrate import migrate

OLD = Path(__file__).parents[1] / "fixtures" / "databases" / "0010.sql"
"""Written by that release: a session with a generation in every status, one of another stage, one that is set aside,
a job that is done, and files that wait to be deleted."""
EARLIER = (OLD, OLD.with_name("0012.sql"))
"""The second one is the same, as the last release without a ledger kept it."""


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


SESSION, SET_ASIDE, BATCH, JOB = SessionId(_id(1)), SessionId(_id(32)), BatchId(_id(4)), JobId(_id(42))


@pytest.fixture(params=EARLIER, ids=lambda each: each.stem)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "vibes.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(request.param.read_text(encoding="utf-8"))
    return path


async def test_every_row_of_an_earlier_release_reads_as_it_did(database: Path) -> None:
    async with open_storage(f"sqlite:///{database}") as storage:
        batch = await storage.generations.get_batch(BATCH)
        generations = await storage.generations.of_batch(BATCH)
        sessions = await storage.sessions.list(limit=10, offset=0)
        deleted = await storage.sessions.list(limit=10, offset=0, deleted=True)
        job = await storage.jobs.get(JOB)
        [open_attempt] = await storage.attempts.open_attempts()

        assert batch is not None
        assert (batch.total, batch.lower_bound_seconds, batch.owner) == (7, 12.5, None)
        assert (int(batch.max_cost), str(batch.purse_id)) == (0, BATCH), "nothing was to be spent"
        assert {each.cost for each in generations} == {None}
        assert await storage.spendings.held() == []
        assert [each.status.value for each in generations] == [
            "complete",
            "failed",
            "cancelled",
            "generating",
            "queued",
            "complete",
            "queued",
        ]
        done, failed, _, drawing, moved, dropped, _ = generations
        assert done.starred
        assert done.image is not None
        assert done.image.image_path == f"{SESSION}/{done.id}.png"
        assert [each.media_type for each in done.images] == [MediaType.PNG]
        assert {each.images for each in generations if each.status is not GenerationStatus.COMPLETE} == {()}
        assert (done.image.width, done.image.height, done.image.size_bytes) == (1024, 768, 1_234_567)
        assert failed.error_message == "KSampler: it broke"
        assert moved.place == -1
        assert dropped.discard_after is not None
        assert (open_attempt.generation_id, open_attempt.state) == (drawing.id, AttemptState.RUNNING)
        assert not open_attempt.charges
        assert [(each.session.id, each.generations, each.completed) for each in sessions] == [(SESSION, 8, 3)]
        assert [each.session.id for each in deleted] == [SET_ASIDE]
        assert job is not None
        assert (job.status.value, job.owner, len(await storage.jobs.events(JOB, after=0))) == ("complete", None, 5)
        assert len(await storage.doomed_files.some()) == 2
        assert await storage.queue.paused_since() == NOON
        assert (await storage.generations.count_by_status())[GenerationStatus.COMPLETE] == 5
        version = done.spec.workflow_version
        assert version is not None
        assert await storage.workflow_versions.get(version) is not None


def test_the_backup_is_the_database_as_it_was(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        before = sorted(connection.iterdump())

    migrate(database)

    [backup] = database.parent.glob("*.bak")
    with closing(sqlite3.connect(backup)) as connection:
        assert sorted(connection.iterdump()) == before
