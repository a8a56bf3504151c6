"""Boards: kept, changed, filled, sorted by hand, downloaded, deleted and brought back. No picture is ever deleted by
any of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from vibes.domain.errors import ChangedMeanwhile, Conflict, NotFound
from vibes.domain.ids import BoardId, GenerationId, OwnerId, new_board_id
from vibes.domain.pictures.board import Board, BoardContents, BoardLabel
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.media.archive import Archive
from vibes.services.sessions.gallery import Gallery

MOST_BOARDS = 1_000
MOST_IN_A_ZIP = 1_000
"""Pictures; a zip is a temporary file on the hub's disk."""


class BoardService:
    def __init__(self, storage: Storage, gallery: Gallery, clock: Clock, undo_window: timedelta) -> None:
        self._storage = storage
        self._gallery = gallery
        self._clock = clock
        self._undo_window = undo_window

    async def all(self, owner: OwnerId | None, *, holding: GenerationId | None = None) -> Sequence[Board]:
        """By name: everybody's, and those of the owner; ``holding``: only those with this picture."""
        return await self._storage.boards.all(owner, holding=holding)

    async def contents(self, boards: Sequence[Board]) -> Mapping[BoardId, BoardContents]:
        """Of those that are not empty."""
        return await self._storage.boards.contents([each.id for each in boards])

    async def get(self, board_id: BoardId) -> Board:
        board = await self._storage.boards.get(board_id)
        if board is None:
            raise _unknown(board_id)
        return board

    async def create(self, label: BoardLabel, owner: OwnerId | None) -> Board:
        """Raises Conflict for a name that is taken."""
        now = self._clock.now()
        board = Board(
            id=new_board_id(),
            name=label.name,
            notes=label.notes,
            cover=label.cover,
            created_at=now,
            updated_at=now,
            owner=owner,
        )
        await self._storage.boards.add(board, most=MOST_BOARDS)
        return board

    async def change(self, board_id: BoardId, label: BoardLabel, *, seen: int | None = None) -> Board:
        """Replace name, notes and cover. Raises ChangedMeanwhile when its version is no longer ``seen``."""

        def changed(board: Board) -> Board:
            if seen is not None and seen != board.version:
                message = f"the board {board.name!r} was changed meanwhile: its version is {board.version} now"
                raise ChangedMeanwhile(message, code="board_changed")
            after = replace(board, name=label.name, notes=label.notes, cover=label.cover)
            return board if after == board else replace(after, version=board.version + 1, updated_at=self._clock.now())

        board = await self._storage.boards.change(board_id, changed)
        if board is None:
            raise _unknown(board_id)
        return board

    async def delete(self, board_id: BoardId) -> None:
        """Its pictures stay where they are; `restore` brings the board back within the undo window."""
        now = self._clock.now()
        if not await self._storage.boards.set_aside(board_id, at=now, delete_after=now + self._undo_window):
            raise _unknown(board_id)

    async def restore(self, board_id: BoardId) -> Board:
        """Raises Conflict when its name is taken meanwhile."""
        if not await self._storage.boards.restore(board_id, at=self._clock.now()):
            raise NotFound(f"there is no deleted board {board_id} to bring back", code="unknown_board")
        return await self.get(board_id)

    async def put(self, board_id: BoardId, generation_ids: Sequence[GenerationId]) -> int:
        """At its end; answers how many are new on it. Raises NotFound for an unknown picture and Conflict for one that
        is not drawn, and then nothing was added."""
        for each in generation_ids:
            generation = await self._storage.generations.get(each)
            if generation is None:
                raise NotFound(f"there is no generation {each}", code="unknown_generation")
            if generation.image is None:
                raise Conflict(f"generation {each} has no picture: it is {generation.status}", code="no_image")
        return _known(board_id, await self._storage.boards.put(board_id, generation_ids, at=self._clock.now()))

    async def take_off(self, board_id: BoardId, generation_ids: Sequence[GenerationId]) -> int:
        """They stay in the gallery; `put_back` brings them to their places within the undo window."""
        now = self._clock.now()
        taken = await self._storage.boards.take_off(
            board_id, generation_ids, at=now, forget_after=now + self._undo_window
        )
        return _known(board_id, taken)

    async def put_back(self, board_id: BoardId, generation_ids: Sequence[GenerationId]) -> int:
        return _known(board_id, await self._storage.boards.put_back(board_id, generation_ids, at=self._clock.now()))

    async def move(
        self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, before: GenerationId | None
    ) -> None:
        if not await self._storage.boards.move(board_id, generation_ids, before=before):
            raise _unknown(board_id)

    async def archive(self, board_id: BoardId, *, metadata: bool = True) -> tuple[Board, Archive]:
        """A zip of all its pictures in their order, see `Gallery.archive`. Raises Conflict for an empty board and for a
        very large one."""
        board = await self.get(board_id)
        pictures = await self._storage.boards.pictures(board_id)
        if not pictures:
            raise Conflict(f"the board {board.name!r} is empty", code="board_empty")
        if len(pictures) > MOST_IN_A_ZIP:
            message = f"{len(pictures):,} pictures are on it, and a zip holds {MOST_IN_A_ZIP:,}: take some of them"
            raise Conflict(message, code="board_too_large")
        return board, await self._gallery.archive(pictures, numbered=True, metadata=metadata)


def _known(board_id: BoardId, number: int | None) -> int:
    if number is None:
        raise _unknown(board_id)
    return number


def _unknown(board_id: BoardId) -> NotFound:
    return NotFound(f"there is no board {board_id}", code="unknown_board")
