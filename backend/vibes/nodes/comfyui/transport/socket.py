"""The event stream of one node: connects, listens, and connects again for ever."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedOK, InvalidStatus, WebSocketException

from vibes.domain.chance import random_between
from vibes.domain.errors import NodeMisbehaved
from vibes.domain.nodes.events import NodeConnected, NodeDisconnected, NodeEvent
from vibes.domain.nodes.node import NodeConfig
from vibes.nodes.comfyui.reading.messages import FEATURE_FLAGS, FrameReader
from vibes.nodes.comfyui.transport.allowance import Allowance
from vibes.nodes.comfyui.transport.event_buffer import EventBuffer
from vibes.nodes.comfyui.transport.http import MEBIBYTE, USER_AGENT
from vibes.nodes.comfyui.transport.tls import tls_context, tls_problem
from vibes.nodes.comfyui.transport.unreachable import in_words

_log = logging.getLogger(__name__)

_UNREAD_MESSAGES = 4
"""Messages of a node held in memory, each up to `max_message_bytes`, before reading from the connection pauses."""

_CLOSED = "the node closed the event stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketTiming:
    """Seconds, and bytes of one message."""

    open_seconds: float = 10.0
    close_seconds: float = 2.0
    """After that the connection is torn down without its closing handshake."""
    ping_seconds: float = 20.0
    pong_seconds: float = 60.0
    """Generous: a node that loads a model answers late (docs/comfyui-protocol.md#slow-answers)."""
    silence_seconds: float = 60.0
    """When nothing has come for so long after a prompt was queued, the socket is taken for mute and replaced."""
    late_seconds: float = 5.0
    """The same, once the prompt is known to run or to be over: its messages are late at most, and not by much."""
    shortest_delay: float = 0.2
    longest_delay: float = 10.0
    stable_seconds: float = 5.0
    """A connection that held for so long was good: the delays between tries begin at the shortest again."""
    max_message_bytes: int = 16 * MEBIBYTE
    """A longer message ends the connection. Enough for a whole picture that a graph sends, which is ignored."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """Why a connection ended and after how many seconds; None when it was never opened."""

    reason: str
    lasted_seconds: float | None


class _ConnectWithoutRedirects(connect):
    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class NodeSocket:
    """The WebSocket side of one node, under one client id for the life of the hub process.

    The same id on every connection, so that prompts sent under it are heard again after a reconnect; and
    never two connections at a time, because ComfyUI, when the older one closes, forgets the newer one too
    (docs/comfyui-protocol.md#one-socket-a-client-id).
    """

    def __init__(self, config: NodeConfig, client_id: str, timing: SocketTiming) -> None:
        self._name = config.name
        self._timing = timing
        self._uri = f"ws{config.base_url.removeprefix('http')}/ws?clientId={quote(client_id, safe='')}"
        self._headers = dict(config.headers)
        self._trust = tls_context(config.tls) if self._uri.startswith("wss:") else None
        self._reader: asyncio.Task[None] | None = None
        self._silence: asyncio.Timeout | None = None
        self.frames_heard = 0

    async def events(self) -> AsyncGenerator[NodeEvent, None]:
        """The node's events from now on; one listener at a time. Ends only by cancellation or `close`.

        NodeDisconnected comes once per outage, also when the first connection fails; NodeConnected ends it.
        """
        if self._reader is not None:
            raise RuntimeError("somebody already listens to this node's events")
        buffer = EventBuffer()
        reader = asyncio.create_task(self._listen_for_ever(buffer), name=f"events of {self._name}")
        reader.add_done_callback(lambda _: buffer.finish())
        self._reader = reader
        try:
            while (event := await buffer.take()) is not None:
                yield event
            if not reader.cancelled():
                reader.result()
        finally:
            reader.cancel()
            await asyncio.wait([reader])
            self._reader = None

    def expect_more_than(self, frames: int) -> None:
        """Expect a ``status``, since a prompt was queued when ``frames_heard`` stood at ``frames``.

        Connects anew when nothing comes: the node may have forgotten this socket, which then stays open and silent
        (docs/comfyui-protocol.md#one-socket-a-client-id).
        """
        if self._silence is not None and self._silence.when() is None and self.frames_heard == frames:
            self._silence.reschedule(asyncio.get_running_loop().time() + self._timing.silence_seconds)

    def expect_soon(self) -> None:
        """The node has begun what was queued. Where still nothing has come, `expect_more_than` waits
        ``late_seconds`` from now at most."""
        if self._silence is not None and (when := self._silence.when()) is not None:
            soon = asyncio.get_running_loop().time() + self._timing.late_seconds
            self._silence.reschedule(min(when, soon))

    async def close(self) -> None:
        """End `events` and wait until the connection is closed."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait([self._reader])

    async def _listen_for_ever(self, buffer: EventBuffer) -> None:
        delays = _delays(self._timing)
        told = False
        while True:
            ended = await self._connect_and_listen(buffer)
            if ended.lasted_seconds is not None and ended.lasted_seconds >= self._timing.stable_seconds:
                delays = _delays(self._timing)
            news = ended.lasted_seconds is not None or not told
            if news:
                told = True
                buffer.put(NodeDisconnected(ended.reason))
            delay = next(delays)
            level = logging.INFO if news else logging.DEBUG
            _log.log(level, "%s: no events: %s; next try in %.1f s", self._name, ended.reason, delay)
            await asyncio.sleep(delay)

    async def _connect_and_listen(self, buffer: EventBuffer) -> _Ended:
        """One connection, from its handshake until it is closed completely: only then may the next one begin."""
        now = asyncio.get_running_loop().time
        opened_at: float | None = None
        try:
            async with self._connection() as connection:
                opened_at = now()
                buffer.put(NodeConnected())
                reason = await self._listen(connection, buffer)
        except (OSError, UnicodeError, WebSocketException, NodeMisbehaved) as error:
            reason = _reason(error)
        return _Ended(reason, None if opened_at is None else now() - opened_at)

    def _connection(self) -> connect:
        return _ConnectWithoutRedirects(
            self._uri,
            additional_headers=self._headers,
            user_agent_header=USER_AGENT,
            compression=None,
            open_timeout=self._timing.open_seconds,
            close_timeout=self._timing.close_seconds,
            ping_interval=self._timing.ping_seconds,
            ping_timeout=self._timing.pong_seconds,
            max_size=self._timing.max_message_bytes,
            max_queue=_UNREAD_MESSAGES,
            proxy=None,
            ssl=self._trust,
        )

    async def _listen(self, connection: ClientConnection, buffer: EventBuffer) -> str:
        """Read until the connection ends; answers why it did."""
        reader = FrameReader()
        now = asyncio.get_running_loop().time
        allowance = Allowance(now())
        await connection.send(FEATURE_FLAGS)
        try:
            async with asyncio.timeout(None) as self._silence:
                async for frame in connection:
                    self.frames_heard += 1
                    self._silence.reschedule(None)
                    for event in reader.read(frame):
                        buffer.put(event)
                    if pause := allowance.spend(frame, now()):
                        await asyncio.sleep(pause)
        except TimeoutError:
            return "silent although a prompt was queued"
        finally:
            self._silence = None
        return _CLOSED


def _delays(timing: SocketTiming) -> Iterator[float]:
    """Double up to the longest, each cut by up to half at random, so that hubs and nodes do not all try at once."""
    for attempt in count():
        longest = min(timing.longest_delay, timing.shortest_delay * 2.0 ** min(attempt, 30))
        yield longest * random_between(0.5, 1.0)


def _reason(error: Exception) -> str:
    match error:
        case UnicodeError():
            return f"not a host name: {error}"
        case InvalidStatus():
            return f"the node answers the WebSocket handshake with {error.response.status_code}"
        case NodeMisbehaved():
            return error.message
        case ConnectionClosedOK():
            return _CLOSED
        case _:
            return tls_problem(error) or in_words(error) or str(error) or type(error).__name__
