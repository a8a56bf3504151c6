"""What hub and workers tell each other beside the database, so that neither waits for a look at it: hints alone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from vibes.domain.ids import AttemptId, NodeId
from vibes.ports.media import MediaStore
from vibes.ports.workers.rows import WorkerOrders


class Tickets(Protocol):
    """Wakes workers. A ticket may be lost, come twice or late: what holds is in the database."""

    def post(self, node_id: NodeId, attempt_id: AttemptId, epoch: int) -> None:
        """That this order waits; returns at once, and no failure is told."""

    async def close(self) -> None: ...


class WorkerNews(Protocol):
    """Messages on channels."""

    def publish(self, channel: str, message: bytes) -> None:
        """Returns at once; messages are dropped while there is nobody to carry them."""

    def listen(self, channel: str) -> AsyncIterator[bytes | None]:
        """Messages from now on, connecting again for ever; None: it was connected (again), and some may have been
        missed. Ends only by cancellation."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLinks:
    """How the hub reaches its workers."""

    orders: WorkerOrders
    handoff: MediaStore
    """For pictures on their way; workers reach the same one."""
    tickets: Tickets
    news: WorkerNews
    channels: str = "vibes"
    """With which the names of channels begin."""
    lost_seconds: float = 10.0
    """A worker that was not heard for so long is taken to be gone."""
