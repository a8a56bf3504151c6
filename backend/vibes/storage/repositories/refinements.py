"""Refinements and intent documents in the database."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from vibes.domain.ids import SessionId
from vibes.domain.refinement.intent import IntentDocument, Wish
from vibes.domain.refinement.record import RefinementRecord
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import INTENTS, REFINEMENTS, SESSIONS

_WISHES: TypeAdapter[tuple[Wish, ...]] = TypeAdapter(tuple[Wish, ...])
_RECORD: TypeAdapter[RefinementRecord] = TypeAdapter(RefinementRecord)


class SqlRefinements:
    """Implements ``RefinementRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def intent(self, session_id: SessionId) -> IntentDocument:
        row = await self._database.row(select(INTENTS).where(INTENTS.c.session_id == session_id))
        return _document(session_id, row)

    async def change_intent(
        self, session_id: SessionId, change: Callable[[IntentDocument], IntentDocument]
    ) -> IntentDocument | None:
        return await self._database.write(lambda connection: _change(connection, session_id, change))

    async def add(self, record: RefinementRecord) -> bool:
        content = _RECORD.dump_python(record, mode="json")
        return await self._database.write(lambda connection: _add(connection, record, content))

    async def get(self, record_id: str) -> RefinementRecord | None:
        row = await self._database.row(select(REFINEMENTS.c.content).where(REFINEMENTS.c.id == record_id))
        return None if row is None else _RECORD.validate_python(row.content)

    async def change(self, record_id: str, change: Callable[[RefinementRecord], RefinementRecord]) -> bool:
        return await self._database.write(lambda connection: _change_record(connection, record_id, change))

    async def of_session(self, session_id: SessionId, *, limit: int) -> Sequence[RefinementRecord]:
        statement = select(REFINEMENTS.c.content).where(REFINEMENTS.c.session_id == session_id)
        order = (REFINEMENTS.c.created_at.desc(), REFINEMENTS.c.id.desc())
        rows = await self._database.rows(statement.order_by(*order).limit(limit))
        return [_RECORD.validate_python(row.content) for row in rows]


def _change(
    connection: Connection, session_id: SessionId, change: Callable[[IntentDocument], IntentDocument]
) -> IntentDocument | None:
    if not _there(connection, session_id):
        return None
    row = connection.execute(select(INTENTS).where(INTENTS.c.session_id == session_id)).first()
    after = change(_document(session_id, row))
    values = {"version": after.version, "wishes": _WISHES.dump_python(after.wishes, mode="json")}
    if row is None:
        connection.execute(insert(INTENTS).values(session_id=session_id, **values))
    else:
        connection.execute(update(INTENTS).where(INTENTS.c.session_id == session_id).values(values))
    return after


def _add(connection: Connection, record: RefinementRecord, content: Any) -> bool:
    if not _there(connection, record.session_id):
        return False
    row = {"id": record.id, "session_id": record.session_id, "created_at": record.at, "content": content}
    connection.execute(insert(REFINEMENTS).values(row))
    return True


def _change_record(
    connection: Connection, record_id: str, change: Callable[[RefinementRecord], RefinementRecord]
) -> bool:
    this = REFINEMENTS.c.id == record_id
    row = connection.execute(select(REFINEMENTS.c.content).where(this)).first()
    if row is None:
        return False
    content = _RECORD.dump_python(change(_RECORD.validate_python(row.content)), mode="json")
    connection.execute(update(REFINEMENTS).where(this).values(content=content))
    return True


def _there(connection: Connection, session_id: SessionId) -> bool:
    kept = select(SESSIONS.c.id).where(SESSIONS.c.id == session_id, SESSIONS.c.delete_after.is_(None))
    return connection.execute(kept).first() is not None


def _document(session_id: SessionId, row: Any) -> IntentDocument:
    if row is None:
        return IntentDocument(session_id=session_id)
    return IntentDocument(session_id=session_id, version=row.version, wishes=_WISHES.validate_python(row.wishes))
