"""A board: pictures of any sessions that a person has put together, in their order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from vibes.domain.ids import BoardId, GenerationId, OwnerId, SessionId

MOST_PICTURES = 10_000
"""On one board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    id: BoardId
    name: str
    """Unique for its owner, in whatever letter case."""
    notes: str = ""
    cover: GenerationId | None = None
    """The picture that stands for it; None, and where it is on the board no more: the first one."""
    version: int = 1
    """Counts changes of name, notes and cover; pictures come and go without it."""
    created_at: datetime
    updated_at: datetime
    owner: OwnerId | None = None
    """None: everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLabel:
    """What a person says of a board."""

    name: str
    notes: str
    cover: GenerationId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardContents:
    """Without pictures whose session is deleted."""

    count: int
    cover: tuple[SessionId, GenerationId]
    """The picture that stands for it now."""


def moved(
    order: Sequence[GenerationId], chosen: Collection[GenerationId], before: GenerationId | None
) -> list[GenerationId]:
    """The order with the chosen ones, in their order among each other, before that picture; None: at the end.

    Where that picture is not there, or itself chosen, they go to the end.
    """
    taken = [each for each in order if each in chosen]
    others = [each for each in order if each not in chosen]
    place = others.index(before) if before in others else len(others)
    return [*others[:place], *taken, *others[place:]]
