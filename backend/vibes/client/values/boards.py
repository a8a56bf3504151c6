"""Boards, as the hub reports them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    id: str
    name: str
    notes: str
    count: int
    """Pictures on it, without those whose session is deleted."""
    cover_id: str | None
    cover_url: str | None
    """Path of the thumbnail that stands for it; None: it is empty."""
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    boards: tuple[Board, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardChange:
    changed: int
    """Pictures that were put on, taken off or put back; others were so already."""
    board: Board
