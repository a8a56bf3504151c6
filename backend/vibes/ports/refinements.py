"""What the hub needs kept of refinements."""

from collections.abc import Callable, Sequence
from typing import Protocol

from vibes.domain.ids import SessionId
from vibes.domain.refinement.intent import IntentDocument
from vibes.domain.refinement.record import RefinementRecord


class RefinementRepository(Protocol):
    """The intent documents of sessions, and their refinements; both go with their session."""

    async def intent(self, session_id: SessionId) -> IntentDocument:
        """An empty one of version 0 where nothing was said yet."""

    async def change_intent(
        self, session_id: SessionId, change: Callable[[IntentDocument], IntentDocument]
    ) -> IntentDocument | None:
        """In one transaction; None when there is no such session. What ``change`` raises is passed on, and nothing is
        written."""

    async def add(self, record: RefinementRecord) -> bool:
        """False when its session is gone meanwhile."""

    async def get(self, record_id: str) -> RefinementRecord | None: ...
    async def change(self, record_id: str, change: Callable[[RefinementRecord], RefinementRecord]) -> bool:
        """In one transaction; False when there is no such record."""

    async def of_session(self, session_id: SessionId, *, limit: int) -> Sequence[RefinementRecord]:
        """Newest first."""
