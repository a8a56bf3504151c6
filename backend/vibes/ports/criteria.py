"""What generations are searched for by, and what is asked of all of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import BatchId, BoardId, NodeId, SessionId
from vibes.domain.pictures.retention import Expendable


class Sort(StrEnum):
    """The order of what was found; what is alike in it comes newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RATING = "rating"
    """The best first, what is not rated last."""
    MODEL = "model"
    """By the checkpoint's name; pictures without one first."""
    BOARD = "board"
    """As they lie on the board that is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationFilter:
    """The criteria of a search for generations; None does not restrict."""

    session_id: SessionId | None = None
    batch_id: BatchId | None = None
    board_id: BoardId | None = None
    stage: int | None = None
    statuses: Collection[GenerationStatus] | None = None
    text: str | None = None
    """Contained in the prompt, ignoring ASCII case."""
    words: str | None = None
    """Contained in the prompt or in what it was varied by: ``steps 30``."""
    varied: Mapping[str, str | None] = field(default_factory=dict)
    """Parameters that it differs in from others of its batch, each with its value as people write it; None: any."""
    model_family: str | None = None
    lora: str | None = None
    """With either slash between its folders."""
    node_id: NodeId | None = None
    seed: int | None = None
    starred: bool | None = None
    min_rating: int | None = None
    kept: bool | None = None
    """True: only those that are not about to be deleted; False: only those that are."""
    created_from: datetime | None = None
    created_to: datetime | None = None
    sort: Sort = Sort.NEWEST
    limit: int = 100
    offset: int = 0


class PictureTotals(Protocol):
    async def kept_bytes(self) -> int:
        """Of the image files of all pictures that are not about to be deleted."""

    async def expendable(self) -> Sequence[Expendable]:
        """Every complete picture that is not starred, rated, on a board or shown for a style, that no open generation
        starts from, and that is not about to be deleted; the oldest first."""
