"""What people keep under names of their own: the rows of styles and of boards, which live by the same rules.

A name is unique for an owner in whatever letter case. What is deleted is set aside first: it frees its name at once,
and can be brought back until its moment has come.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, or_, select, update

from vibes.domain.errors import Conflict
from vibes.domain.ids import OwnerId
from vibes.storage.sql.database import Database
from vibes.text.folded_text import folded


class Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def owner(self) -> OwnerId | None: ...


Id = TypeVar("Id", bound=str)
T = TypeVar("T", bound=Named)


@dataclass(frozen=True, slots=True)
class NamedTable(Generic[T]):
    """A table with the columns ``id``, ``name``, ``folded_name``, ``owner`` and ``delete_after``, and what its rows
    mean."""

    rows: Table
    noun: str
    """In the singular, for messages and codes: ``too_many_boards``."""
    record: Callable[[Row[Any]], T]
    columns: Callable[[T], Mapping[str, Any]]
    """All but ``folded_name`` and ``delete_after``."""
    restored: Callable[[Connection, str], None] = lambda _connection, _id: None
    """What else is to be done, in the same transaction, when one is brought back."""

    @property
    def kept(self) -> ColumnElement[bool]:
        """Not deleted."""
        return self.rows.c.delete_after.is_(None)

    def one(self, connection: Connection, record_id: str) -> T | None:
        row = connection.execute(select(self.rows).where(self.rows.c.id == record_id, self.kept)).first()
        return None if row is None else self.record(row)

    def add(self, connection: Connection, record: T, most: int) -> None:
        number = connection.execute(select(func.count()).select_from(self.rows).where(self.kept)).scalar_one()
        if number >= most:
            message = f"there are {number:,} {self.noun}s already, and no more are kept"
            raise Conflict(message, code=f"too_many_{self.noun}s")
        self._check_name(connection, record)
        connection.execute(insert(self.rows).values(self._values(record)))

    def change(self, connection: Connection, record_id: str, change: Callable[[T], T]) -> T | None:
        before = self.one(connection, record_id)
        if before is None:
            return None
        after = change(before)
        self._check_name(connection, after)
        connection.execute(update(self.rows).where(self.rows.c.id == record_id).values(self._values(after)))
        return after

    def set_aside(self, connection: Connection, record_id: str, at: datetime, delete_after: datetime) -> bool:
        connection.execute(delete(self.rows).where(self.rows.c.delete_after <= at))
        statement = update(self.rows).where(self.rows.c.id == record_id, self.kept).values(delete_after=delete_after)
        return connection.execute(statement).rowcount == 1

    def restore(self, connection: Connection, record_id: str, at: datetime) -> bool:
        deleted = select(self.rows).where(self.rows.c.id == record_id, self.rows.c.delete_after > at)
        row = connection.execute(deleted).first()
        if row is None:
            return False
        self._check_name(connection, self.record(row))
        connection.execute(update(self.rows).where(self.rows.c.id == record_id).values(delete_after=None))
        self.restored(connection, record_id)
        return True

    def _check_name(self, connection: Connection, record: T) -> None:
        table = self.rows.c
        same = (table.folded_name == folded(record.name), table.owner.is_not_distinct_from(record.owner))
        taken = select(table.name).where(*same, table.id != record.id, self.kept)
        if (row := connection.execute(taken).first()) is not None:
            raise Conflict(f"there is a {self.noun} {row.name!r} already", code="name_taken")

    def _values(self, record: T) -> dict[str, Any]:
        return {**self.columns(record), "folded_name": folded(record.name)}


class NamedRecords(Generic[Id, T]):
    """Such a table in the database: what repositories of named records have in common."""

    def __init__(self, database: Database, table: NamedTable[T]) -> None:
        self._database = database
        self._table = table

    async def find(self, owner: OwnerId | None, *conditions: ColumnElement[bool]) -> Sequence[T]:
        """By name; everybody's, and those of the owner. None: all."""
        rows = self._table.rows
        statement = select(rows).where(self._table.kept, *conditions).order_by(rows.c.folded_name, rows.c.id)
        if owner is not None:
            statement = statement.where(or_(rows.c.owner == owner, rows.c.owner.is_(None)))
        return [self._table.record(row) for row in await self._database.rows(statement)]

    async def get(self, record_id: Id, /) -> T | None:
        row = await self._database.row(
            select(self._table.rows).where(self._table.rows.c.id == record_id, self._table.kept)
        )
        return None if row is None else self._table.record(row)

    async def add(self, record: T, /, *, most: int) -> None:
        await self._database.write(lambda connection: self._table.add(connection, record, most))

    async def change(self, record_id: Id, change: Callable[[T], T], /) -> T | None:
        return await self._database.write(lambda connection: self._table.change(connection, record_id, change))

    async def set_aside(self, record_id: Id, /, *, at: datetime, delete_after: datetime) -> bool:
        return await self._database.write(
            lambda connection: self._table.set_aside(connection, record_id, at, delete_after)
        )

    async def restore(self, record_id: Id, /, *, at: datetime) -> bool:
        return await self._database.write(lambda connection: self._table.restore(connection, record_id, at))
