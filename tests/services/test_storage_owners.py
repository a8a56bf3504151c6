"""Owners are stored and read; what has none is everybody's."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.factories import NOON, make_batch_of, make_session
from vibes.domain.ids import JobId, OwnerId, TaskId, WorkflowVersionId
from vibes.domain.job import Job, JobTask
from vibes.domain.priority import Priority
from vibes.ports.storage import Storage

ANNA, BEN = OwnerId("anna"), OwnerId("ben")
UPLOAD = "5f" * 32


@pytest.mark.parametrize("owner", [ANNA, None])
async def test_sessions_batches_and_jobs_keep_their_owner(storage: Storage, owner: OwnerId | None) -> None:
    session = make_session(owner=owner)
    await storage.sessions.add(session)
    batch, generations = make_batch_of(2, session_id=session.id)
    batch = replace(batch, owner=owner)
    await storage.generations.add_batch(batch, generations, None)
    own_session = make_session(owner=owner)
    task = JobTask(
        id=TaskId("t1"),
        type="generate.txt2img",
        inputs={},
        workflow="sdxl_txt2img",
        model_family="sdxl",
        workflow_version=WorkflowVersionId("0" * 64),
    )
    job = Job(
        id=JobId("job"),
        session_id=own_session.id,
        priority=Priority.INTERACTIVE,
        tasks=(task,),
        returned=None,
        created_at=NOON,
        owner=owner,
    )
    await storage.jobs.add(job, own_session, (), None)

    assert await storage.sessions.get(session.id) == session
    assert await storage.generations.get_batch(batch.id) == batch
    assert await storage.jobs.get(job.id) == job
    assert [each.session.owner for each in await storage.sessions.list(limit=9, offset=0)] == [owner]


async def test_an_upload_is_its_owners_until_it_is_gone(storage: Storage) -> None:
    assert await storage.artifacts.owner_of(UPLOAD) is None
    await storage.artifacts.uploaded(UPLOAD, ANNA)
    await storage.artifacts.uploaded(UPLOAD, ANNA)
    assert await storage.artifacts.owner_of(UPLOAD) == ANNA

    await storage.artifacts.forget([])
    await storage.artifacts.forget([UPLOAD])

    await storage.artifacts.uploaded(UPLOAD, BEN)
    assert await storage.artifacts.owner_of(UPLOAD) == BEN


async def test_any_number_of_uploads_can_be_forgotten_at_once(storage: Storage) -> None:
    """However few values a database takes in one statement: SQLite 32,766 as it is usually built."""
    values: list[int] = []

    def count(_: Any, __: Any, ___: str, parameters: Any, ____: Any, executemany: bool) -> None:
        values.append(len(parameters[0]) if executemany else len(parameters))

    await storage.artifacts.uploaded(UPLOAD, ANNA)
    event.listen(Engine, "before_cursor_execute", count)
    try:
        await storage.artifacts.forget([*(f"{number:064x}" for number in range(1000)), UPLOAD])
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert await storage.artifacts.owner_of(UPLOAD) is None
    assert max(values) < 10


@pytest.mark.parametrize("other", [BEN, None])
async def test_what_two_upload_is_everybodys_and_stays_so(storage: Storage, other: OwnerId | None) -> None:
    await storage.artifacts.uploaded(UPLOAD, ANNA)
    await storage.artifacts.uploaded(UPLOAD, other)
    await storage.artifacts.uploaded(UPLOAD, ANNA)

    assert await storage.artifacts.owner_of(UPLOAD) is None
