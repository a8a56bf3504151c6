"""Sessions in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, delete, func, insert, select, update

from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import SessionId
from vibes.domain.session import Session, SessionSummary
from vibes.storage.database import Database
from vibes.storage.rows import session_columns, session_of
from vibes.storage.tables import GENERATIONS, SESSIONS


class SqlSessions:
    """Implements ``SessionRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session) -> None:
        statement = insert(SESSIONS).values(session_columns(session))
        await self._database.write(lambda connection: connection.execute(statement))

    async def get(self, session_id: SessionId) -> Session | None:
        row = await self._database.row(select(SESSIONS).where(SESSIONS.c.id == session_id))
        return row and session_of(row)

    async def list(self, *, limit: int, offset: int) -> Sequence[SessionSummary]:
        rows = await self._database.rows(newest_sessions(limit=limit, offset=offset))
        return [_summary_of(row) for row in rows]

    async def update(self, session: Session) -> bool:
        columns = session_columns(session)
        changed = {name: columns[name] for name in ("current_stage", "config", "updated_at")}
        statement = update(SESSIONS).where(SESSIONS.c.id == session.id).values(changed)
        return await self._database.change(statement) == 1

    async def delete(self, session_id: SessionId) -> bool:
        return await self._database.change(delete(SESSIONS).where(SESSIONS.c.id == session_id)) == 1


def newest_sessions(*, limit: int, offset: int) -> Select[Any]:
    """One statement for a page of sessions with their counts."""
    complete = GENERATIONS.c.status == GenerationStatus.COMPLETE
    return (
        select(
            SESSIONS,
            _count(GENERATIONS.c.session_id == SESSIONS.c.id).label("generations"),
            _count(GENERATIONS.c.session_id == SESSIONS.c.id, complete).label("completed"),
        )
        .order_by(SESSIONS.c.created_at.desc(), SESSIONS.c.id.desc())
        .limit(limit)
        .offset(offset)
    )


def _count(*conditions: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(GENERATIONS).where(*conditions).scalar_subquery()


def _summary_of(row: Row[Any]) -> SessionSummary:
    return SessionSummary(session=session_of(row), generations=row.generations, completed=row.completed)
