"""What the hub needs kept of boards."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from vibes.domain.ids import BoardId, GenerationId, OwnerId
from vibes.domain.pictures.board import Board, BoardContents


class BoardRepository(Protocol):
    """Names are unique for an owner, in whatever letter case; what is deleted frees its name at once.

    A picture that is deleted leaves every board with its row. Boards that are deleted keep no picture.
    """

    async def all(self, owner: OwnerId | None, *, holding: GenerationId | None = None) -> Sequence[Board]:
        """By name; everybody's, and those of the owner. None: all. ``holding``: only those with this picture."""

    async def get(self, board_id: BoardId) -> Board | None: ...

    async def add(self, board: Board, *, most: int) -> None:
        """Raises Conflict: ``name_taken``, or ``too_many_boards`` where there are ``most``."""

    async def change(self, board_id: BoardId, change: Callable[[Board], Board]) -> Board | None:
        """In one transaction; None when there is none. Raises Conflict (``name_taken``) and whatever ``change``
        raises, and then nothing is written."""

    async def set_aside(self, board_id: BoardId, *, at: datetime, delete_after: datetime) -> bool:
        """Delete it after that moment, and at once those whose moment has come. False when there is none."""

    async def restore(self, board_id: BoardId, *, at: datetime) -> bool:
        """With its pictures, which are kept again. False when there is none to bring back. Raises Conflict
        (``name_taken``)."""

    async def contents(self, board_ids: Collection[BoardId]) -> Mapping[BoardId, BoardContents]:
        """Of those that are not empty."""

    async def pictures(self, board_id: BoardId) -> Sequence[GenerationId]:
        """In their order, without those whose session is deleted."""

    async def put(self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, at: datetime) -> int | None:
        """At the end, in this order; those that are there already keep their place. What was about to be deleted is
        not any more. Answers how many are new; None when there is no such board. Raises Conflict (``board_full``)."""

    async def take_off(
        self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, at: datetime, forget_after: datetime
    ) -> int | None:
        """`put_back` knows their places until then. Answers how many were there; None when there is no such board."""

    async def put_back(self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, at: datetime) -> int | None:
        """Those that were taken off, at their old places."""

    async def move(
        self, board_id: BoardId, generation_ids: Sequence[GenerationId], *, before: GenerationId | None
    ) -> bool:
        """As `vibes.domain.pictures.board.moved` says. False when there is no such board."""
