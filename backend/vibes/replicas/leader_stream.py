"""The stream of a session as the leading hub tells it, over a WebSocket to that hub."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import aiohttp
from starlette.datastructures import Headers
from starlette.types import Scope
from yarl import URL

from vibes.api.http.authentication import PRINCIPAL, Authentication
from vibes.domain.replicas.replica import Lease
from vibes.replicas.forwarded_request import passed_on
from vibes.replicas.forwarding import caller_of
from vibes.replicas.lines import Lines
from vibes.replicas.seal import Seal
from vibes.replicas.session_streams import Ended, Interrupted, seq_of

LARGEST_MESSAGE = 256 * 1024 * 1024
"""Bytes. A snapshot of ten thousand pictures has some 20 MB; it is passed on as it is."""
HEARTBEAT_SECONDS = 20.0
"""After which a silent line is asked whether it is there."""
_OWN_CODES = range(4000, 5000)
"""Codes of the application: with these the hub says something to the browser (RFC 6455, 7.4.2)."""
_OF_THE_HANDSHAKE = ("sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-protocol")


class LeaderStream:
    """Implements ``Source``. Use as an async context manager, which closes its connections."""

    def __init__(self, seal: Seal, authentication: Authentication, lines: Lines) -> None:
        self._lines = lines
        self._seal = seal
        self._authentication = authentication

    async def __aenter__(self) -> "LeaderStream":
        self._session = self._lines.session()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def messages(self, scope: Scope, lease: Lease, since: int | None) -> AsyncGenerator[str | bytes]:
        """Raises Ended and Interrupted as `vibes.replicas.session_streams.Source` says."""
        url, headers = self._handshake(scope, lease, since)
        try:
            async with self._session.ws_connect(
                url, headers=headers, max_msg_size=LARGEST_MESSAGE, heartbeat=HEARTBEAT_SECONDS, compress=0
            ) as socket:
                async for message in socket:
                    if message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                        yield message.data
                _raise_end(socket)
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
            self._lines.refused(lease.address, error)
            raise Interrupted(str(error)) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Interrupted(str(error) or type(error).__name__) from error

    async def snapshot(self, scope: Scope, lease: Lease) -> str:
        """The session as it is now, with the number of its latest event. Raises Ended and Interrupted."""
        async with aclosing(self.messages(scope, lease, None)) as messages:
            async for message in messages:
                if isinstance(message, str) and seq_of(message) is not None:
                    return message
        raise Interrupted("no snapshot was told")

    def _handshake(self, scope: Scope, lease: Lease, since: int | None) -> tuple[URL, list[tuple[str, str]]]:
        """With a ticket of now: the one that the browser came with may have expired since."""
        query = {"ticket": self._authentication.tickets.issue(scope[PRINCIPAL])}
        if since is not None:
            query["since"] = str(since)
        url = URL(f"ws{lease.address.removeprefix('http')}{scope['path']}").with_query(query)
        headers = passed_on(Headers(scope=scope), *_OF_THE_HANDSHAKE)
        return url, [*headers, self._seal.header(caller_of(scope), "GET", url.raw_path_qs.encode())]


def _raise_end(socket: aiohttp.ClientWebSocketResponse) -> None:
    code = socket.close_code
    if code is not None and code in _OWN_CODES:
        raise Ended(code, "the hub has ended the stream")
    raise Interrupted(f"closed with {code}")
