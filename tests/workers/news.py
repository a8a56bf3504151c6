"""Messages between hub and workers within one process; they can be lost, as Redis loses them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator


class LocalNews:
    def __init__(self) -> None:
        self.away = False
        self._listening: dict[str, list[asyncio.Queue[bytes | None]]] = defaultdict(list)

    def publish(self, channel: str, message: bytes) -> None:
        if not self.away:
            for queue in self._listening[channel]:
                queue.put_nowait(message)

    async def listen(self, channel: str) -> AsyncIterator[bytes | None]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._listening[channel].append(queue)
        try:
            yield None
            while True:
                yield await queue.get()
        finally:
            self._listening[channel].remove(queue)

    async def close(self) -> None:
        pass
