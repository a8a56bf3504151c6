"""Hub and workers without a Redis: nobody is told anything, and everybody looks."""

import asyncio
from collections.abc import AsyncIterator

from vibes.domain.ids import AttemptId, NodeId


class NoNews:
    """Implements ``WorkerNews``."""

    def publish(self, channel: str, message: bytes) -> None:
        pass

    async def listen(self, channel: str) -> AsyncIterator[bytes | None]:
        await asyncio.Event().wait()
        yield None

    async def close(self) -> None:
        pass


class NoTickets:
    """Implements ``Tickets``."""

    def post(self, node_id: NodeId, attempt_id: AttemptId, epoch: int) -> None:
        pass

    async def close(self) -> None:
        pass
