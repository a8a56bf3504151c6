"""Boards in the database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select, update

from vibes.domain.errors import Conflict
from vibes.domain.ids import BoardId, GenerationId, OwnerId
from vibes.domain.pictures.board import Board, BoardContents
from vibes.storage.repositories import board_pictures
from vibes.storage.repositories.generation_queries import in_kept_session
from vibes.storage.sql.board_tables import BOARD_PICTURES, BOARDS
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import GENERATIONS
from vibes.text.folded_text import folded

_KEPT = BOARDS.c.delete_after.is_(None)
_PLACES = BOARD_PICTURES.c


class SqlBoards:
    """Implements ``BoardRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, owner: OwnerId | None, *, holding: GenerationId | None = None) -> Sequence[Board]:
        statement = select(BOARDS).where(_KEPT).order_by(BOARDS.c.folded_name, BOARDS.c.id)
        if owner is not None:
            statement = statement.where(or_(BOARDS.c.owner == owner, BOARDS.c.owner.is_(None)))
        if holding is not None:
            held = select(_PLACES.board_id).where(_PLACES.generation_id == holding, board_pictures.ON_IT)
            statement = statement.where(BOARDS.c.id.in_(held))
        return [_board_of(row) for row in await self._database.rows(statement)]

    async def get(self, board_id: BoardId) -> Board | None:
        row = await self._database.row(select(BOARDS).where(BOARDS.c.id == board_id, _KEPT))
        return None if row is None else _board_of(row)

    async def add(self, board: Board, *, most: int) -> None:
        await self._database.write(lambda connection: _add(connection, board, most))

    async def change(self, board_id: BoardId, change: Callable[[Board], Board]) -> Board | None:
        return await self._database.write(lambda connection: _change(connection, board_id, change))

    async def set_aside(self, board_id: BoardId, *, at: datetime, delete_after: datetime) -> bool:
        return await self._database.write(lambda connection: _set_aside(connection, board_id, at, delete_after))

    async def restore(self, board_id: BoardId, *, at: datetime) -> bool:
        return await self._database.write(lambda connection: _restore(connection, board_id, at))

    async def contents(self, board_ids: Collection[BoardId]) -> Mapping[BoardId, BoardContents]:
        shown = (
            select(
                _PLACES.board_id,
                GENERATIONS.c.session_id,
                GENERATIONS.c.id,
                func.count().over(partition_by=_PLACES.board_id).label("number"),
                func.row_number()
                .over(
                    partition_by=_PLACES.board_id,
                    order_by=(case((BOARDS.c.cover == GENERATIONS.c.id, 0), else_=1), *board_pictures.ORDER),
                )
                .label("rank"),
            )
            .join(GENERATIONS, GENERATIONS.c.id == _PLACES.generation_id)
            .join(BOARDS, BOARDS.c.id == _PLACES.board_id)
            .where(_PLACES.board_id.in_(board_ids), board_pictures.ON_IT, in_kept_session())
            .subquery()
        )
        rows = await self._database.rows(select(shown).where(shown.c.rank == 1))
        return {BoardId(row.board_id): BoardContents(count=row.number, cover=(row.session_id, row.id)) for row in rows}

    async def pictures(self, board_id: BoardId) -> Sequence[GenerationId]:
        statement = (
            board_pictures.in_order(board_id)
            .join(GENERATIONS, GENERATIONS.c.id == _PLACES.generation_id)
            .where(in_kept_session())
        )
        return [GenerationId(row.generation_id) for row in await self._database.rows(statement)]

    async def put(self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, at: datetime) -> int | None:
        return await self._at(board_id, partial(board_pictures.put, board_id, generation_ids, at))

    async def take_off(
        self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, at: datetime, forget_after: datetime
    ) -> int | None:
        return await self._at(board_id, partial(board_pictures.take_off, board_id, generation_ids, at, forget_after))

    async def put_back(self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, at: datetime) -> int | None:
        return await self._at(board_id, partial(board_pictures.put_back, board_id, generation_ids, at))

    async def move(
        self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, before: GenerationId | None
    ) -> bool:
        move = partial(board_pictures.move, board_id, generation_ids, before)
        return await self._at(board_id, move) is not None

    async def _at(self, board_id: BoardId, action: Callable[[Connection], int]) -> int | None:
        """Carry it out in one transaction with the look whether the board is there."""
        return await self._database.write(lambda connection: action(connection) if _is(connection, board_id) else None)


def _is(connection: Connection, board_id: BoardId) -> bool:
    return connection.execute(select(BOARDS.c.id).where(BOARDS.c.id == board_id, _KEPT)).first() is not None


def _add(connection: Connection, board: Board, most: int) -> None:
    number = connection.execute(select(func.count()).select_from(BOARDS).where(_KEPT)).scalar_one()
    if number >= most:
        raise Conflict(f"there are {number:,} boards already, and no more are kept", code="too_many_boards")
    _check_name(connection, board)
    connection.execute(insert(BOARDS).values(_columns(board)))


def _change(connection: Connection, board_id: BoardId, change: Callable[[Board], Board]) -> Board | None:
    row = connection.execute(select(BOARDS).where(BOARDS.c.id == board_id, _KEPT)).first()
    if row is None:
        return None
    after = change(_board_of(row))
    _check_name(connection, after)
    connection.execute(update(BOARDS).where(BOARDS.c.id == board_id).values(_columns(after)))
    return after


def _set_aside(connection: Connection, board_id: BoardId, at: datetime, delete_after: datetime) -> bool:
    connection.execute(delete(BOARDS).where(BOARDS.c.delete_after <= at))
    statement = update(BOARDS).where(BOARDS.c.id == board_id, _KEPT).values(delete_after=delete_after)
    return connection.execute(statement).rowcount == 1


def _restore(connection: Connection, board_id: BoardId, at: datetime) -> bool:
    row = connection.execute(select(BOARDS).where(BOARDS.c.id == board_id, BOARDS.c.delete_after > at)).first()
    if row is None:
        return False
    _check_name(connection, _board_of(row))
    connection.execute(update(BOARDS).where(BOARDS.c.id == board_id).values(delete_after=None))
    board_pictures.keep_all(connection, board_id)
    return True


def _check_name(connection: Connection, board: Board) -> None:
    same = (BOARDS.c.folded_name == folded(board.name), BOARDS.c.owner.is_not_distinct_from(board.owner))
    taken = select(BOARDS.c.name).where(*same, BOARDS.c.id != board.id, _KEPT)
    if (row := connection.execute(taken).first()) is not None:
        raise Conflict(f"there is a board {row.name!r} already", code="name_taken")


def _columns(board: Board) -> dict[str, Any]:
    return {**asdict(board), "folded_name": folded(board.name)}


def _board_of(row: Row[Any]) -> Board:
    return Board(
        id=row.id,
        name=row.name,
        notes=row.notes,
        cover=row.cover,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        owner=row.owner,
    )
