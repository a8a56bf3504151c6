"""Sessions in the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    ScalarSelect,
    Select,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import SessionId
from vibes.domain.session import ConfigValue, Session, SessionSummary
from vibes.ports.storage import StageMove
from vibes.storage.repositories.doomed_files import doom
from vibes.storage.repositories.generations import mark_discarded, restore_discarded
from vibes.storage.sql.database import Database
from vibes.storage.sql.rows import session_columns, session_of
from vibes.storage.sql.tables import GENERATIONS, JOBS, SESSIONS
from vibes.storage.sql.text_search import beginning

TITLE_LENGTH = 200
"""Characters of the prompt in a list."""

MAX_CONFIG_CHARACTERS = 4 * 1024 * 1024
"""Most characters of all configs in one list, which has at least one session."""

DELETED_AT_ONCE = 200
"""Generations of a session that one transaction deletes, each with its attempts, LoRAs and index entries."""


_KEPT = SESSIONS.c.delete_after.is_(None)
_OF_A_JOB = select(JOBS.c.id).where(JOBS.c.session_id == SESSIONS.c.id).exists()


class SqlSessions:
    """Implements ``SessionRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session) -> None:
        statement = insert(SESSIONS).values(session_columns(session))
        await self._database.write(lambda connection: connection.execute(statement))

    async def get(self, session_id: SessionId) -> Session | None:
        row = await self._database.row(select(SESSIONS).where(SESSIONS.c.id == session_id, _KEPT))
        return row and session_of(row)

    async def list(
        self, *, limit: int, offset: int, with_config: bool = False, deleted: bool = False
    ) -> Sequence[SessionSummary]:
        rows = await self._database.rows(newest_sessions(limit=limit, offset=offset, deleted=deleted))
        if not with_config:
            return [_summary_of(row, {}) for row in rows]
        summaries: list[SessionSummary] = []
        size = 0
        for row in rows:
            whole = await self._database.row(select(SESSIONS.c.config).where(SESSIONS.c.id == row.id))
            config = whole.config if whole is not None else {}
            size += row.config_size
            if summaries and size > MAX_CONFIG_CHARACTERS:
                break
            summaries.append(_summary_of(row, config))
        return summaries

    async def change_config(
        self, session_id: SessionId, change: Callable[[Session], Mapping[str, ConfigValue]], *, at: datetime
    ) -> tuple[Session, bool] | None:
        return await self._database.write(lambda connection: _change_config(connection, session_id, change, at))

    async def move_stage(self, session_id: SessionId, move: StageMove, *, at: datetime) -> bool:
        return await self._database.write(lambda connection: _move_stage(connection, session_id, move, at))

    async def set_aside(self, session_id: SessionId, delete_after: datetime) -> bool:
        moment = func.coalesce(SESSIONS.c.delete_after, literal(delete_after, SESSIONS.c.delete_after.type))
        statement = update(SESSIONS).where(SESSIONS.c.id == session_id, ~_OF_A_JOB)
        return await self._database.change(statement.values(delete_after=moment)) == 1

    async def restore(self, session_id: SessionId, *, at: datetime) -> bool:
        statement = update(SESSIONS).where(SESSIONS.c.id == session_id, SESSIONS.c.delete_after > at)
        return await self._database.change(statement.values(delete_after=None)) == 1

    async def due_to_delete(self, now: datetime) -> Sequence[SessionId]:
        rows = await self._database.rows(select(SESSIONS.c.id).where(SESSIONS.c.delete_after <= now))
        return [SessionId(row.id) for row in rows]

    async def delete(self, session_id: SessionId) -> bool:
        while await self._database.write(lambda connection: _delete_some_generations(connection, session_id)):
            continue  # other writers get a turn in between
        return await self._database.change(delete(SESSIONS).where(SESSIONS.c.id == session_id)) == 1


def _delete_some_generations(connection: Connection, session_id: SessionId) -> int:
    found = select(GENERATIONS.c.id).where(GENERATIONS.c.session_id == session_id).limit(DELETED_AT_ONCE)
    some = GENERATIONS.c.id.in_([row.id for row in connection.execute(found)])
    doom(connection, some)
    return connection.execute(delete(GENERATIONS).where(some)).rowcount


def newest_sessions(*, limit: int, offset: int, deleted: bool = False) -> Select[Any]:
    """One statement for a page of sessions with their counts; sessions of jobs are not listed."""
    complete = GENERATIONS.c.status == GenerationStatus.COMPLETE
    return (
        select(
            *(column for column in SESSIONS.c if column.name != "config"),
            beginning(SESSIONS.c.config["prompt"].as_string(), TITLE_LENGTH).label("title"),
            func.length(cast(SESSIONS.c.config, Text)).label("config_size"),
            _count(GENERATIONS.c.session_id == SESSIONS.c.id).label("generations"),
            _count(GENERATIONS.c.session_id == SESSIONS.c.id, complete).label("completed"),
        )
        .where(SESSIONS.c.delete_after.is_not(None) if deleted else _KEPT, ~_OF_A_JOB)
        .order_by(SESSIONS.c.created_at.desc(), SESSIONS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )


def _change_config(
    connection: Connection,
    session_id: SessionId,
    change: Callable[[Session], Mapping[str, ConfigValue]],
    at: datetime,
) -> tuple[Session, bool] | None:
    row = connection.execute(select(SESSIONS).where(SESSIONS.c.id == session_id, _KEPT)).first()
    if row is None:
        return None
    before = session_of(row)
    config = change(before)
    if config == before.config:
        return before, False
    after = replace(before, config=config, version=before.version + 1, updated_at=at)
    values = {"config": dict(config), "version": after.version, "updated_at": at}
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session_id).values(values))
    return after, True


def _move_stage(connection: Connection, session_id: SessionId, move: StageMove, at: datetime) -> bool:
    here = (SESSIONS.c.id == session_id, SESSIONS.c.current_stage == move.from_stage)
    statement = update(SESSIONS).where(*here).values(current_stage=move.to_stage, updated_at=at)
    moved = connection.execute(statement).rowcount == 1
    if moved:
        mark_discarded(connection, move.discard, move.discard_after)
        restore_discarded(connection, move.restore, at)
    return moved


def _count(*conditions: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(GENERATIONS).where(*conditions).scalar_subquery()


def _summary_of(row: Row[Any], config: Mapping[str, ConfigValue]) -> SessionSummary:
    return SessionSummary(
        session=session_of(row, config), title=row.title or "", generations=row.generations, completed=row.completed
    )
