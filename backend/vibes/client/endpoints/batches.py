"""Batches: submit pictures, wait for them, cancel them."""

import asyncio
from contextlib import aclosing, suppress
from urllib.parse import quote

from vibes.client.events.live_events import live_events
from vibes.client.events.session_events import BatchTally, Snapshot
from vibes.client.events.silence import QUIET_SECONDS, with_silences
from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.errors import EventsBlocked
from vibes.client.http.transport import Call, Transport, get, submission
from vibes.client.values.pictures import Batch, BatchRequest


class AsyncBatches:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def submit(self, request: BatchRequest, *, idempotency_key: str | None = None) -> Batch:
        """Submit it. Once this returns, the hub has stored it; sending it again under the same key has no effect.

        Raises InvalidRequest when something in it is wrong, or no node could ever do it.
        """
        call = submission("/api/generate/batch", request.body(), idempotency_key)
        return await self._transport.value(Batch, call)

    async def get(self, batch_id: str) -> Batch:
        return await self._transport.value(Batch, get(_path(batch_id)))

    async def cancel(self, batch_id: str) -> Batch:
        """Cancel its open generations; finished pictures stay."""
        return await self._transport.value(Batch, Call(method="DELETE", path=_path(batch_id), repeatable=True))

    async def wait(self, batch_id: str, *, timeout_seconds: float | None = None) -> Batch:
        """Wait until each picture is complete, failed or cancelled, even without live events.

        Raises TimeoutError.
        """
        async with asyncio.timeout(timeout_seconds):
            batch = await self.get(batch_id)
            if batch.over:
                return batch
            with suppress(EventsBlocked):
                async with aclosing(with_silences(live_events(self._transport, batch.session_id, None))) as events:
                    async for event in events:
                        if event is None or isinstance(event, Snapshot) or _tells_the_end(event, batch_id):
                            batch = await self.get(batch_id)
                            if batch.over:
                                break
            while not batch.over:
                await asyncio.sleep(QUIET_SECONDS)
                batch = await self.get(batch_id)
            return batch


class Batches:
    """`AsyncBatches` for callers without an event loop."""

    def __init__(self, batches: AsyncBatches, loop: BackgroundLoop) -> None:
        self._batches = batches
        self._loop = loop

    def submit(self, request: BatchRequest, *, idempotency_key: str | None = None) -> Batch:
        return self._loop.run(self._batches.submit(request, idempotency_key=idempotency_key))

    def get(self, batch_id: str) -> Batch:
        return self._loop.run(self._batches.get(batch_id))

    def cancel(self, batch_id: str) -> Batch:
        return self._loop.run(self._batches.cancel(batch_id))

    def wait(self, batch_id: str, *, timeout_seconds: float | None = None) -> Batch:
        return self._loop.run(self._batches.wait(batch_id, timeout_seconds=timeout_seconds))


def _tells_the_end(event: object, batch_id: str) -> bool:
    return isinstance(event, BatchTally) and event.batch_id == batch_id and event.completed == event.batch_total


def _path(batch_id: str) -> str:
    return f"/api/batches/{quote(batch_id, safe='')}"
