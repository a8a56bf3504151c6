"""The pictures of one board, within a transaction that knows that the board is there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from vibes.domain.errors import Conflict
from vibes.domain.ids import BoardId, GenerationId
from vibes.domain.pictures.board import MOST_PICTURES, moved
from vibes.storage.sql.board_tables import BOARD_PICTURES, BOARDS
from vibes.storage.sql.tables import GENERATIONS

_PLACES = BOARD_PICTURES.c
ON_IT = _PLACES.forget_after.is_(None)
"""Not taken off."""
ORDER = (_PLACES.position, _PLACES.added_at, _PLACES.generation_id)


def in_order(board_id: BoardId) -> Select[Any]:
    return select(_PLACES.generation_id).where(_PLACES.board_id == board_id, ON_IT).order_by(*ORDER)


def put(board_id: BoardId, generation_ids: Sequence[GenerationId], at: datetime, connection: Connection) -> int:
    there = {row.generation_id for row in connection.execute(in_order(board_id))}
    new = [each for each in dict.fromkeys(generation_ids) if each not in there]
    if len(there) + len(new) > MOST_PICTURES:
        message = f"a board holds at most {MOST_PICTURES:,} pictures; {len(there):,} are on it already"
        raise Conflict(message, code="board_full")
    _each(connection, delete(BOARD_PICTURES).where(*_one(board_id)), new)  # what was taken off comes to the end
    last = connection.execute(select(func.max(_PLACES.position)).where(_PLACES.board_id == board_id)).scalar() or 0
    rows = [
        {"board_id": board_id, "generation_id": each, "position": last + number, "added_at": at}
        for number, each in enumerate(new, start=1)
    ]
    if rows:
        connection.execute(insert(BOARD_PICTURES), rows)
        _touch(connection, board_id, at)
    _keep(connection, generation_ids)
    return len(new)


def take_off(
    board_id: BoardId,
    generation_ids: Sequence[GenerationId],
    at: datetime,
    forget_after: datetime,
    connection: Connection,
) -> int:
    connection.execute(delete(BOARD_PICTURES).where(_PLACES.forget_after <= at))
    statement = update(BOARD_PICTURES).where(*_one(board_id), ON_IT).values(forget_after=forget_after)
    return _changed(connection, board_id, at, _each(connection, statement, generation_ids))


def put_back(board_id: BoardId, generation_ids: Sequence[GenerationId], at: datetime, connection: Connection) -> int:
    statement = update(BOARD_PICTURES).where(*_one(board_id), _PLACES.forget_after > at).values(forget_after=None)
    number = _changed(connection, board_id, at, _each(connection, statement, generation_ids))
    keep_all(connection, board_id)
    return number


def move(
    board_id: BoardId, generation_ids: Sequence[GenerationId], before: GenerationId | None, connection: Connection
) -> int:
    """Numbers them all anew: two windows that move at once both have their way."""
    order = [GenerationId(row.generation_id) for row in connection.execute(in_order(board_id))]
    places = [
        {"wanted": each, "place": place} for place, each in enumerate(moved(order, {*generation_ids}, before), start=1)
    ]
    if places:
        statement = update(BOARD_PICTURES).where(*_one(board_id)).values(position=bindparam("place"))
        connection.execute(statement, places)
    return len(places)


def keep_all(connection: Connection, board_id: BoardId) -> None:
    """Take back what was about to be deleted of it."""
    _keep(connection, [GenerationId(row.generation_id) for row in connection.execute(in_order(board_id))])


def _keep(connection: Connection, generation_ids: Sequence[GenerationId]) -> None:
    wanted = GENERATIONS.c.id == bindparam("wanted")
    _each(connection, update(GENERATIONS).where(wanted).values(discard_after=None), generation_ids)


def _one(board_id: BoardId) -> tuple[Any, Any]:
    return _PLACES.board_id == board_id, _PLACES.generation_id == bindparam("wanted")


def _each(connection: Connection, statement: Any, generation_ids: Sequence[GenerationId]) -> int:
    """One execution for each id: any number of ids, without SQLite's limit on bound values. Answers how many rows."""
    wanted: list[Mapping[str, Any]] = [{"wanted": each} for each in dict.fromkeys(generation_ids)]
    return connection.execute(statement, wanted).rowcount if wanted else 0


def _changed(connection: Connection, board_id: BoardId, at: datetime, number: int) -> int:
    if number:
        _touch(connection, board_id, at)
    return number


def _touch(connection: Connection, board_id: BoardId, at: datetime) -> None:
    connection.execute(update(BOARDS).where(BOARDS.c.id == board_id).values(updated_at=at))
