"""What the hub needs kept of styles and characters."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from vibes.domain.ids import OwnerId, StyleId
from vibes.domain.prompting.style import Style


class StyleRepository(Protocol):
    """Names are unique for an owner, in whatever letter case; what is deleted frees its name at once."""

    async def all(self, owner: OwnerId | None) -> Sequence[Style]:
        """By name; everybody's, and those of the owner. None: all."""

    async def get(self, style_id: StyleId) -> Style | None: ...

    async def add(self, style: Style, *, most: int) -> None:
        """Raises Conflict: ``name_taken``, or ``too_many_styles`` where there are ``most``."""

    async def change(self, style_id: StyleId, change: Callable[[Style], Style]) -> Style | None:
        """In one transaction; None when there is none. Raises Conflict (``name_taken``) and whatever ``change``
        raises, and then nothing is written."""

    async def set_aside(self, style_id: StyleId, *, at: datetime, delete_after: datetime) -> bool:
        """Delete it after that moment, and at once those whose moment has come. False when there is none."""

    async def restore(self, style_id: StyleId, *, at: datetime) -> bool:
        """False when there is none to bring back. Raises Conflict (``name_taken``)."""
