"""uvicorn's HTTP and WebSocket protocols with the limits of `Connections`, which uvicorn lacks."""

import asyncio
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from vibes.server.connections import Connection, Connections, Phase

_HEAD_TOO_LARGE = (431, "Request Header Fields Too Large", "the headers of a request may have {0.head_bytes:,} bytes")
_LARGEST_MESSAGE = 64 * 1024
"""Largest message from a browser, in bytes; browsers send only pings."""
_FULL = (503, "Service Unavailable", "too many connections")


class _HeadTooLarge(Exception):
    """Stops the parser; answered by `GuardedHttp.send_400_response`."""


class GuardedConfig(uvicorn.Config):
    """uvicorn's configuration, with the connections that its protocols report to."""

    def __init__(self, app: Any, connections: Connections, **given: Any) -> None:
        super().__init__(
            app,
            http=GuardedHttp,
            ws=GuardedWebSocket,
            ws_max_size=_LARGEST_MESSAGE,
            # Compressing a snapshot of 10,000 pictures would block the event loop for half a second, and each event
            # would be compressed for each browser.
            ws_per_message_deflate=False,
            **given,
        )
        self.known_connections = connections


class GuardedHttp(HttpToolsProtocol):
    def __init__(
        self,
        config: GuardedConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._known = config.known_connections
        self._connection: Connection | None = None
        self._head_bytes = 0
        """Received bytes while the headers are incomplete."""
        self._field_bytes = 0
        """Parsed bytes of the headers."""
        self._too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own does
        super().connection_made(transport)
        self._connection = self._known.opened(transport, self.client[0] if self.client else "", self.loop.time())
        if self._connection is None:
            self._end(*_FULL)
        else:
            self._connection.paused = lambda: self.flow.read_paused

    def connection_lost(self, exc: Exception | None) -> None:
        self._known.closed(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._connection is None or self.transport.is_closing():
            return
        if self._connection.phase is Phase.WAITING:
            self._head_bytes += len(data)
        super().data_received(data)
        over = self._head_bytes > self._known.limits.head_bytes
        if over and self._connection.phase is Phase.WAITING and not self.transport.is_closing():
            self._end(*_HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._field_bytes = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._enter(Phase.RECEIVING)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._connection is not None:
            self._connection.take(len(body), self.loop.time())
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._head_bytes = 0
        self._enter(Phase.ANSWERING)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        answered = self.cycle.response_complete and not self.pipeline
        if answered and self._connection is not None and self._connection.phase is Phase.ANSWERING:
            self._enter(Phase.WAITING)

    def send_400_response(self, msg: str) -> None:
        if self._too_large:
            self._end(*_HEAD_TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _enter(self, phase: Phase) -> None:
        if self._connection is not None:
            self._known.enter(self._connection, phase, self.loop.time())

    def _count(self, size: int) -> None:
        limits = self._known.limits
        self._field_bytes += size
        if self._field_bytes > limits.head_bytes or len(self.headers) > limits.head_fields:
            self._too_large = True
            raise _HeadTooLarge

    def _end(self, status: int, phrase: str, detail: str) -> None:
        body = detail.format(self._known.limits).encode()
        head = (
            f"HTTP/1.1 {status} {phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class GuardedWebSocket(WebSocketsSansIOProtocol):
    def __init__(
        self,
        config: GuardedConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._known = config.known_connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = self._known.of(cast(asyncio.Transport, transport))
        if connection is not None:
            self._known.enter(connection, Phase.STREAMING, self.loop.time())
            connection.paused = lambda: False
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._known.closed(self.transport)
        super().connection_lost(exc)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            # Refused, which is an answer: uvicorn would report it as an error of the hub, for each browser without key.
            self.handshake_complete = True
