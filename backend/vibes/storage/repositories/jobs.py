"""Jobs, their tasks and their events in the database."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from vibes.domain.errors import Conflict
from vibes.domain.generation import OPEN_STATUSES, Generation
from vibes.domain.ids import JobId, SessionId
from vibes.domain.job import (
    OPEN_JOB_STATUSES,
    TERMINAL_JOB_STATUSES,
    ArtifactUse,
    Job,
    JobEvent,
    JobIdempotency,
    JobStatus,
    JobStep,
)
from vibes.domain.session import Session
from vibes.ports.storage import KEY_USED_MEANWHILE
from vibes.storage.sql.database import Database
from vibes.storage.sql.job_rows import (
    event_columns,
    event_of,
    job_columns,
    job_of,
    outcome_of,
    task_columns,
    task_of,
)
from vibes.storage.sql.rows import generation_of, session_columns
from vibes.storage.sql.tables import GENERATIONS, JOB_ARTIFACTS, JOB_EVENTS, JOB_TASKS, JOBS, SESSIONS

_OPEN = sorted(OPEN_JOB_STATUSES)
_TERMINAL = sorted(TERMINAL_JOB_STATUSES)


class SqlJobs:
    """Implements ``JobRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, job: Job, session: Session, artifacts: Collection[str], idempotency: JobIdempotency | None
    ) -> JobEvent:
        return await self._database.write(lambda connection: _add(connection, job, session, artifacts, idempotency))

    async def get(self, job_id: JobId) -> Job | None:
        found = await self._jobs(select(JOBS).where(JOBS.c.id == job_id))
        return found[0] if found else None

    async def find_idempotent(self, key: str) -> JobIdempotency | None:
        row = await self._database.row(select(JOBS.c.id, JOBS.c.body_sha256).where(JOBS.c.idempotency_key == key))
        return row and JobIdempotency(key, row.body_sha256, row.id)

    async def list(
        self, *, statuses: Collection[JobStatus] | None, session_id: SessionId | None = None, limit: int, offset: int
    ) -> Sequence[Job]:
        page = select(JOBS).where(*_in(statuses, session_id)).order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc())
        return await self._jobs(page.limit(limit).offset(offset))

    async def count(self, *, statuses: Collection[JobStatus] | None, session_id: SessionId | None = None) -> int:
        number = func.count().label("number")
        [row] = await self._database.rows(select(number).select_from(JOBS).where(*_in(statuses, session_id)))
        return int(row.number)

    async def open_jobs(self) -> Sequence[tuple[JobId, SessionId]]:
        query = select(JOBS.c.id, JOBS.c.session_id).where(JOBS.c.status.in_(_OPEN)).order_by(JOBS.c.created_at)
        return [(row.id, row.session_id) for row in await self._database.rows(query)]

    async def left_over(self, job_id: JobId | None = None) -> Sequence[Generation]:
        mine = () if job_id is None else (JOBS.c.id == job_id,)
        query = (
            select(GENERATIONS)
            .join(JOBS, GENERATIONS.c.session_id == JOBS.c.session_id)
            .where(
                GENERATIONS.c.status.in_(sorted(OPEN_STATUSES)),
                GENERATIONS.c.retried.is_(False),
                JOBS.c.status.in_(_TERMINAL),
                *mine,
            )
        )
        return [generation_of(row) for row in await self._database.rows(query)]

    async def move(self, job_id: JobId, steps: Sequence[JobStep], *, at: datetime) -> Sequence[JobEvent]:
        return await self._database.write(lambda connection: _move(connection, job_id, steps, at))

    async def events(self, job_id: JobId, *, after: int) -> Sequence[JobEvent]:
        query = select(JOB_EVENTS).where(JOB_EVENTS.c.job_id == job_id, JOB_EVENTS.c.seq > after)
        return [event_of(row) for row in await self._database.rows(query.order_by(JOB_EVENTS.c.seq))]

    async def artifacts_of(self, job_id: JobId) -> Sequence[str]:
        query = select(JOB_ARTIFACTS.c.artifact_id).where(JOB_ARTIFACTS.c.job_id == job_id)
        return [row.artifact_id for row in await self._database.rows(query)]

    async def artifact_use(self, artifact_id: str) -> ArtifactUse:
        open_jobs = func.count().filter(JOBS.c.status.in_(_OPEN)).label("open_jobs")
        columns: tuple[Any, ...] = (func.max(JOBS.c.created_at).label("newest"), open_jobs)
        query = (
            select(*columns)
            .select_from(JOB_ARTIFACTS.join(JOBS, JOBS.c.id == JOB_ARTIFACTS.c.job_id))
            .where(JOB_ARTIFACTS.c.artifact_id == artifact_id)
        )
        [row] = await self._database.rows(query)
        return ArtifactUse(row.open_jobs, row.newest)

    async def artifacts_of_ended_jobs(self) -> Sequence[str]:
        query = (
            select(JOB_ARTIFACTS.c.artifact_id)
            .distinct()
            .join(JOBS, JOBS.c.id == JOB_ARTIFACTS.c.job_id)
            .where(JOBS.c.status.in_(_TERMINAL))
        )
        return [row.artifact_id for row in await self._database.rows(query)]

    async def forget_artifacts(self, artifact_ids: Collection[str]) -> None:
        wanted = [{"wanted": artifact_id} for artifact_id in artifact_ids]
        if wanted:
            statement = delete(JOB_ARTIFACTS).where(JOB_ARTIFACTS.c.artifact_id == bindparam("wanted"))
            await self._database.write(lambda connection: connection.execute(statement, wanted))

    async def _jobs(self, query: Select[Any]) -> Sequence[Job]:
        """Read jobs first, tasks second: a task may be a step ahead of its job, never behind it."""
        rows = await self._database.rows(query)
        of_these = JOB_TASKS.c.job_id.in_([row.id for row in rows])
        by_job: dict[str, list[Any]] = {}
        tasks = select(JOB_TASKS).where(of_these).order_by(JOB_TASKS.c.job_id, JOB_TASKS.c.position)
        for task in await self._database.rows(tasks) if rows else ():
            by_job.setdefault(task.job_id, []).append(task_of(task))
        return [job_of(row, tuple(by_job.get(row.id, ()))) for row in rows]


def _in(statuses: Collection[JobStatus] | None, session_id: SessionId | None) -> Iterable[Any]:
    if statuses is not None:
        yield JOBS.c.status.in_(sorted(statuses))
    if session_id is not None:
        yield JOBS.c.session_id == session_id


def _add(
    connection: Connection,
    job: Job,
    session: Session,
    artifacts: Collection[str],
    idempotency: JobIdempotency | None,
) -> JobEvent:
    if idempotency is not None:
        taken = select(JOBS.c.id).where(JOBS.c.idempotency_key == idempotency.key)
        if connection.execute(taken).first() is not None:
            message = f"A job with the idempotency key {idempotency.key!r} came first: ask for that instead."
            raise Conflict(message, code=KEY_USED_MEANWHILE)
    connection.execute(insert(SESSIONS), session_columns(session))
    connection.execute(insert(JOBS), job_columns(job, idempotency))
    connection.execute(insert(JOB_TASKS), [task_columns(job, position) for position in range(len(job.tasks))])
    if artifacts:
        connection.execute(insert(JOB_ARTIFACTS), [{"job_id": job.id, "artifact_id": each} for each in artifacts])
    event = JobEvent(job_id=job.id, seq=1, at=job.created_at, step=JobStep(status=job.status))
    connection.execute(insert(JOB_EVENTS), event_columns(event))
    return event


def _move(connection: Connection, job_id: JobId, steps: Sequence[JobStep], at: datetime) -> Sequence[JobEvent]:
    is_open = select(JOBS.c.id).where(JOBS.c.id == job_id, JOBS.c.status.in_(_OPEN))
    if connection.execute(is_open).first() is None:
        return ()
    last = connection.execute(select(func.max(JOB_EVENTS.c.seq)).where(JOB_EVENTS.c.job_id == job_id)).scalar_one()
    events: list[JobEvent] = []
    for step in steps:
        if _take(connection, job_id, step, at):
            events.append(JobEvent(job_id=job_id, seq=last + len(events) + 1, at=at, step=step))
    if events:
        connection.execute(insert(JOB_EVENTS), [event_columns(event) for event in events])
    return events


def _take(connection: Connection, job_id: JobId, step: JobStep, at: datetime) -> bool:
    table = JOBS if step.task_id is None else JOB_TASKS
    mine = (
        (JOBS.c.id == job_id,)
        if step.task_id is None
        else (JOB_TASKS.c.job_id == job_id, JOB_TASKS.c.task_id == step.task_id)
    )
    statement = update(table).where(*mine, table.c.status.in_(_OPEN)).values(outcome_of(step, at))
    return connection.execute(statement).rowcount == 1
