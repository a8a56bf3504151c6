"""Boards in the database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from vibes.domain.ids import BoardId, GenerationId, OwnerId
from vibes.domain.pictures.board import Board, BoardContents
from vibes.storage.repositories import board_pictures
from vibes.storage.repositories.generation_queries import in_kept_session
from vibes.storage.repositories.named_records import NamedRecords, NamedTable
from vibes.storage.sql.board_tables import BOARD_PICTURES, BOARDS
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import GENERATIONS

_PLACES = BOARD_PICTURES.c


class SqlBoards(NamedRecords[BoardId, Board]):
    """Implements ``BoardRepository``."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, NamedTable(BOARDS, "board", _board_of, asdict, _keep_pictures))

    async def all(self, owner: OwnerId | None, *, holding: GenerationId | None = None) -> Sequence[Board]:
        if holding is None:
            return await self.find(owner)
        held = select(_PLACES.board_id).where(_PLACES.generation_id == holding, board_pictures.ON_IT)
        return await self.find(owner, BOARDS.c.id.in_(held))

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

        def at(connection: Connection) -> int | None:
            return None if self._table.one(connection, board_id) is None else action(connection)

        return await self._database.write(at)


def _keep_pictures(connection: Connection, board_id: str) -> None:
    board_pictures.keep_all(connection, BoardId(board_id))


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
