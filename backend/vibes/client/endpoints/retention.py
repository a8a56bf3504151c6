"""Which pictures go by themselves."""

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.retention import Retention

_PATH = "/api/retention"


class AsyncRetentionControl:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def look(self, *, keep_days: float | None = None, keep_gb: float | None = None) -> Retention:
        """What goes by the hub's limits, or would by these; changes nothing."""
        return await self._transport.value(Retention, get(_PATH, keep_days=keep_days, keep_gb=keep_gb))

    async def apply(self) -> Retention:
        """Do now what the hub does each hour."""
        return await self._transport.value(Retention, Call(method="POST", path=_PATH, repeatable=True))


class RetentionControl:
    """`AsyncRetentionControl` for callers without an event loop."""

    def __init__(self, retention: AsyncRetentionControl, loop: BackgroundLoop) -> None:
        self._retention = retention
        self._loop = loop

    def look(self, *, keep_days: float | None = None, keep_gb: float | None = None) -> Retention:
        return self._loop.run(self._retention.look(keep_days=keep_days, keep_gb=keep_gb))

    def apply(self) -> Retention:
        return self._loop.run(self._retention.apply())
