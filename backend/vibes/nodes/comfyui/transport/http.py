"""HTTP with one node: bounded in time and size, no POST ever repeated, every failure told as a NodeError."""

import asyncio
import io
import json
import select
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from mimetypes import guess_type
from typing import TypeVar
from urllib.parse import urlencode
from weakref import WeakSet

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from vibes.domain.errors import NODE_BROKE, NodeMisbehaved, NodeUnclear, NodeUnreachable
from vibes.domain.nodes.node import NodeConfig
from vibes.nodes.comfyui.reading import large_answer
from vibes.nodes.comfyui.reading.foreign_json import excerpt, parse_json, weight
from vibes.nodes.comfyui.reading.large_answer import LIGHT_WEIGHT
from vibes.nodes.comfyui.transport.tls import tls_context, tls_problem
from vibes.nodes.comfyui.transport.unpacking import body_of
from vibes.nodes.comfyui.transport.unreachable import in_words, not_reachable

T = TypeVar("T")

USER_AGENT = "vibes-imgen"

MEBIBYTE = 2**20
_HEADER_BYTES = 16 * 1024
"""Bytes of one header line; aiohttp reads at most 128 lines. Enough for a proxy's redirect with a long token."""
_KEEP_SECONDS = 5.0
"""Seconds that an idle connection is kept. Most servers close later, so that no POST is sent into a closing
connection."""
INTERNAL_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR
"""The one 5xx that ComfyUI itself sends; others come from a proxy before it (docs/comfyui-protocol.md#requests)."""
_NO_ANSWERS = frozenset({1, 5})
_REDIRECTS = 3
"""First digits of statuses that the hub treats as failures of the exchange (1xx, 5xx) and as redirects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """What one exchange may cost. Each total covers connecting, sending, waiting and reading together."""

    connect_seconds: float = 3.0
    check_seconds: float = 10.0
    """For a health check. A missed check decides nothing, and an answer after 5 s marks the node as degraded anyway."""
    answer_seconds: float = 30.0
    """Long, since a node that loads a model may be silent for seconds (docs/comfyui-protocol.md#slow-answers)."""
    image_seconds: float = 120.0
    """For sending or fetching a picture over a slow line. While fetching, no pause may exceed ``answer_seconds``."""
    answer_bytes: int = 8 * MEBIBYTE
    """Limit for answers about one thing; the longest are refusals that quote the graph."""
    list_bytes: int = 32 * MEBIBYTE
    """Limit for ``/queue``, ``/history`` and ``/object_info``. The first two hold the whole graphs of all clients, some
    with embedded pictures: 100 graphs with their editor's notes are 20 MiB."""
    image_bytes: int = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer with status 2xx or 4xx; ``subject`` names node and request, for error messages."""

    subject: str
    status: int
    content_type: str
    body: bytes
    date: str = ""
    """When it was answered, in the words of the header; empty without one."""

    def json(self) -> object:
        """The JSON of a short answer, whatever the status; NodeMisbehaved when it is long or no JSON."""
        if weight(self.body) > LIGHT_WEIGHT:
            raise NodeMisbehaved(f"{self.subject}: expected a short answer, got {excerpt(self.body)!r}")
        return parse_json(self.body, self.subject)

    async def read(self, pick: Callable[[object], T]) -> T:
        """The result of ``pick`` on the body, which may be large; NodeMisbehaved also when it is no JSON."""
        return await large_answer.read(self.body, self.subject, pick)

    def expect_ok(self) -> "Reply":
        """This reply; for any status but 200 NodeMisbehaved, with a hint what to change."""
        if self.status != HTTPStatus.OK:
            raise self._refusal()
        return self

    def _refusal(self) -> NodeMisbehaved:
        sentence = f"{self.subject}: answered {_status_name(self.status)}"
        if self.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return NodeMisbehaved(f"{sentence}; the node or a proxy before it wants other `headers`")
        if self.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
            return NodeMisbehaved(f"{sentence}; check that host, port and `path_prefix` lead to a ComfyUI")
        return NodeMisbehaved(f"{sentence}: {excerpt(self.body)}" if self.body else sentence)


class AnswerTooLarge(NodeMisbehaved):
    """The answer is longer than its limit; the rest was not read."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Of one exchange; None: the usual limit."""

    within: float | None = None
    """Seconds for the whole exchange."""
    stall: float | None = None
    """Seconds that any part of the answer may take."""
    max_bytes: int | None = None


class NodeHttp:
    """The HTTP client for one node; made and used inside one running event loop.

    A GET changes nothing, so every way of not getting its answer is NodeUnreachable: ask again. A POST is
    NodeUnreachable only when it provably was not sent; cut off, timed out, answered by a 5xx or by something
    unreadable it is NodeUnclear. Redirects are never followed, proxies of the environment not used, no cookie is
    kept, and no header is sent that a browser would send (docs/comfyui-protocol.md#foreign-origins).
    """

    def __init__(self, config: NodeConfig, limits: HttpLimits) -> None:
        self._limits = limits
        self._config = config
        self._base_url = config.base_url
        self._known = False
        self._reading: set[aiohttp.ClientResponse] = set()
        self._session = aiohttp.ClientSession(
            # Without https no certificate is read, which would take a megabyte or two.
            connector=_SilentConnector(tls_context(config.tls) if config.scheme == "https" else None),
            # Compression costs both sides more time than it saves on a local line; a compressed answer is understood
            # all the same.
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **config.headers},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )

    async def get(
        self,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        within: float | None = None,
        stall: float | None = None,
        max_bytes: int | None = None,
    ) -> Reply:
        """``within``: seconds for the whole exchange; ``stall``: seconds that any part of the answer may take."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return await self._exchange("GET", path, query=query, bounds=_Bounds(within, stall, max_bytes))

    async def post(self, path: str, content: Mapping[str, object]) -> Reply:
        """Send JSON. Characters outside ASCII are escaped, so that no text can make the body unencodable."""
        body = io.BytesIO(json.dumps(content, allow_nan=False).encode())
        return await self._exchange("POST", path, data=body, headers={"Content-Type": "application/json"})

    async def post_form(self, path: str, fields: Mapping[str, str], file_field: str, file: tuple[str, bytes]) -> Reply:
        """Send a multipart form with one file."""
        name, content = file
        # With quoting, aiohttp would percent-encode the name, and ComfyUI would store the file under that.
        form = aiohttp.FormData(fields, quote_fields=False)
        kind = guess_type(name)[0] or "application/octet-stream"
        form.add_field(file_field, io.BytesIO(content), filename=name, content_type=kind)
        return await self._exchange("POST", path, data=form, bounds=_Bounds(within=self._limits.image_seconds))

    async def close(self) -> None:
        """Close all connections; exchanges under way end at once as if the connection had broken."""
        for response in self._reading:  # aiohttp would let them wait until their time is up
            response.close()
        await self._session.close()

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        data: io.BytesIO | aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
        bounds: _Bounds | None = None,
    ) -> Reply:
        bounds = bounds or _Bounds()
        subject = f"{method} {path}"
        repeatable = method == "GET"
        if self._session.closed:
            raise NodeUnreachable(f"{subject}: the hub has let go of this node")
        url = URL(f"{self._base_url}{path}{query}", encoded=True)
        with _as_node_errors(self._config, subject, repeatable=repeatable, known=self._known):
            async with (
                asyncio.timeout(bounds.within or self._limits.answer_seconds),
                self._session.request(
                    method, url, data=data, headers=headers, allow_redirects=False, timeout=self._timeout(bounds.stall)
                ) as response,
            ):
                body = await self._read(response, bounds.max_bytes or self._limits.answer_bytes, subject)
        self._known = True
        if response.status // 100 in _NO_ANSWERS:
            answered = f"{subject}: answered {_status_name(response.status)}: {excerpt(body)}"
            if repeatable:
                raise NodeUnreachable(answered)
            raise NodeUnclear(answered, code=NODE_BROKE if response.status == INTERNAL_ERROR else None)
        if response.status // 100 == _REDIRECTS:
            target = excerpt(_header(response, "Location", "nowhere"))
            raise NodeMisbehaved(f"{subject}: redirects to {target}; give the node's own address instead")
        return Reply(
            subject, response.status, _header(response, "Content-Type", ""), body, _header(response, "Date", "")
        )

    def _timeout(self, stall: float | None) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=None, connect=self._limits.connect_seconds, sock_read=stall)

    async def _read(self, response: aiohttp.ClientResponse, max_bytes: int, subject: str) -> bytes:
        packed = body_of(_header(response, "Content-Encoding", ""), subject)
        body, arrived = bytearray(), 0
        self._reading.add(response)
        try:
            async for piece in response.content.iter_any():
                arrived += len(piece)
                body += packed.unpacked(piece, max_bytes - len(body))
                if max(len(body), arrived) > max_bytes:
                    raise AnswerTooLarge(f"{subject}: the answer is larger than {max_bytes // MEBIBYTE} MiB")
        finally:
            self._reading.discard(response)
        packed.check_whole()
        return bytes(body)


class _SilentConnector(aiohttp.TCPConnector):
    """Reuses a kept connection only while nothing has arrived on it.

    Bytes on an idle connection are its end, and a request sent into it would be lost; or an unasked answer, which would
    be taken for the answer to the next request.
    """

    def __init__(self, trust: ssl.SSLContext | None) -> None:
        super().__init__(
            ssl=True if trust is None else trust,
            limit=0,
            keepalive_timeout=_KEEP_SECONDS,
            # When closed, aiohttp's own cache cancels tasks that wait for a name. And only the system's resolver knows
            # names such as gpu.local.
            use_dns_cache=False,
            resolver=aiohttp.ThreadedResolver(),
        )
        self._met: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the library's own name
    ) -> Connection:
        while True:
            connection = await super().connect(req, traces, timeout)
            if self._is_new(connection) or _is_silent(connection):
                return connection
            connection.close()

    def _is_new(self, connection: Connection) -> bool:
        """Whether no request was sent on it yet. Such a connection is used even if the server has spoken first: a
        server that always does could not be asked otherwise."""
        protocol = connection.protocol
        if protocol is None or protocol in self._met:
            return False
        self._met.add(protocol)
        return True


def _is_silent(connection: Connection) -> bool:
    protocol, transport = connection.protocol, connection.transport
    return not (protocol is None or transport is None or protocol.should_close or _has_arrived(transport))


def _has_arrived(transport: asyncio.Transport) -> bool:
    """Whether data or the end of the stream has come in that the event loop has not read yet."""
    descriptor = transport.get_extra_info("socket").fileno()
    if sys.platform == "win32":  # which has no poll
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _as_node_errors(node: NodeConfig, subject: str, *, repeatable: bool, known: bool) -> Iterator[None]:
    """Turn every failure of an exchange into an error of `domain.errors`; the most specific is tried first.

    ``known``: the node has answered before, so scheme and address are right.
    """
    doubt = NodeUnreachable if repeatable else NodeUnclear
    try:
        yield
    except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.InvalidURL, UnicodeError) as error:
        raise NodeUnreachable(not_reachable(node, error)) from error
    except TimeoutError as error:
        raise doubt(f"{subject}: no complete answer in time") from error
    except aiohttp.ClientResponseError as error:
        # The cause replaces this error, whose repr shows the request's headers and with them secrets.
        raise doubt(f"{subject}: the connection broke: {_sentence(error.message)}") from error.__cause__
    except aiohttp.ServerDisconnectedError as error:
        hint = "" if known or node.scheme == "https" else "; if it wants TLS, say scheme: https in gpus.yaml"
        raise doubt(f"{subject}: the connection broke: the node hung up{hint}") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        reason = tls_problem(error) or in_words(error) or _sentence(str(error)) or type(error).__name__
        raise doubt(f"{subject}: the connection broke: {reason}") from error
    except NodeMisbehaved as error:
        if repeatable:
            raise
        raise NodeUnclear(error.message) from error


def _header(response: aiohttp.ClientResponse, name: str, default: str) -> str:
    return _valid(response.headers.get(name, default))


def _sentence(foreign: str) -> str:
    return excerpt(_valid(foreign))


def _valid(foreign: str) -> str:
    """Bytes that are not UTF-8 arrive as halves of surrogate pairs, which neither the database nor an answer can
    hold."""
    return foreign.encode(errors="replace").decode()


def _status_name(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
