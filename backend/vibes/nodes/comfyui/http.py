"""HTTP with one node: bounded in time and size, never repeated, every failure told as a NodeError."""

import asyncio
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

import httpx

from vibes.domain.errors import NODE_BROKE, NodeMisbehaved, NodeUnclear, NodeUnreachable
from vibes.domain.node import NodeConfig
from vibes.nodes.comfyui.foreign_json import excerpt, parse_json

USER_AGENT = "vibes-imgen"

MEBIBYTE = 2**20
INTERNAL_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR
"""Of the other 5xx none is ComfyUI's own: they come from a proxy before it (PROTOCOL §1.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """What one exchange may cost. Each total covers connecting, sending, waiting and reading together."""

    connect_seconds: float = 3.0
    check_seconds: float = 10.0
    """A health check; missing one decides nothing, and slower than 5 s is degraded anyway."""
    answer_seconds: float = 30.0
    """Seconds of silence are normal while a model loads: the server shares its interpreter lock (PROTOCOL §4.2)."""
    image_seconds: float = 120.0
    """An image up or down over a slow line."""
    json_bytes: int = 32 * MEBIBYTE
    object_info_bytes: int = 64 * MEBIBYTE
    image_bytes: int = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer with status 2xx or 4xx; ``subject`` names node and request, for error messages."""

    subject: str
    status: int
    content_type: str
    body: bytes

    def json(self) -> object:
        """The body, whatever the status; NodeMisbehaved when it is no JSON."""
        return parse_json(self.body, self.subject)

    def expect_ok(self) -> "Reply":
        """This reply; NodeMisbehaved with a hint what to mend when it is anything but a 200."""
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
    """More bytes than were allowed for; the rest was not read."""


class NodeHttp:
    """The HTTP client for one node.

    A GET changes nothing, so every way of not getting its answer is NodeUnreachable: ask again. A POST is
    NodeUnreachable only when it provably was not sent; cut off, timed out, answered by a 5xx or by something
    unreadable it is NodeUnclear. Redirects are never followed, proxies of the environment not used, and no
    header is sent that a browser would send: ComfyUI refuses foreign Origins (PROTOCOL §1.0).
    """

    def __init__(self, config: NodeConfig, limits: HttpLimits) -> None:
        self._limits = limits
        self._client = httpx.AsyncClient(
            base_url=config.base_url,
            # Compressed answers are not asked for: a cap on their bytes would not cap what they unpack to.
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **config.headers},
            timeout=httpx.Timeout(limits.image_seconds, connect=limits.connect_seconds),
            limits=httpx.Limits(max_keepalive_connections=4),
            follow_redirects=False,
            trust_env=False,
            verify=tls_context(),
        )

    async def get(
        self,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        within: float | None = None,
        max_bytes: int | None = None,
    ) -> Reply:
        request = self._client.build_request("GET", path, params=parameters)
        return await self._exchange(request, path, within=within, max_bytes=max_bytes)

    async def post(self, path: str, content: Mapping[str, object]) -> Reply:
        """Send JSON. Characters outside ASCII are escaped, so that no text can make the body unencodable."""
        body = json.dumps(content, allow_nan=False).encode()
        headers = {"Content-Type": "application/json"}
        request = self._client.build_request("POST", path, content=body, headers=headers)
        return await self._exchange(request, path)

    async def post_form(self, path: str, fields: Mapping[str, str], file_field: str, file: tuple[str, bytes]) -> Reply:
        """Send a multipart form with one file."""
        request = self._client.build_request("POST", path, data=fields, files={file_field: file})
        return await self._exchange(request, path, within=self._limits.image_seconds)

    async def close(self) -> None:
        await self._client.aclose()

    async def _exchange(
        self,
        request: httpx.Request,
        path: str,
        *,
        within: float | None = None,
        max_bytes: int | None = None,
    ) -> Reply:
        subject = f"{request.method} {path}"
        repeatable = request.method == "GET"
        if self._client.is_closed:
            raise NodeUnreachable(f"{subject}: the hub has let go of this node")
        with _as_node_errors(subject, repeatable=repeatable):
            async with asyncio.timeout(within or self._limits.answer_seconds):
                response = await self._client.send(request, stream=True)
                try:
                    body = await _read(response, max_bytes or self._limits.json_bytes, subject)
                finally:
                    await response.aclose()
        if response.is_server_error:
            answered = f"{subject}: answered {_status_name(response.status_code)}: {excerpt(body)}"
            if repeatable:
                raise NodeUnreachable(answered)
            raise NodeUnclear(answered, code=NODE_BROKE if response.status_code == INTERNAL_ERROR else None)
        if response.is_redirect:
            target = excerpt(response.headers.get("Location", "nowhere"))
            raise NodeMisbehaved(f"{subject}: redirects to {target}; give the node's own address instead")
        return Reply(subject, response.status_code, response.headers.get("Content-Type", ""), body)


@contextmanager
def _as_node_errors(subject: str, *, repeatable: bool) -> Iterator[None]:
    """The one place where what goes wrong during an exchange becomes ours, most specific first."""
    doubt = NodeUnreachable if repeatable else NodeUnclear
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NodeUnreachable(f"{subject}: no connection in time") from error
    except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        raise NodeUnreachable(f"{subject}: cannot connect: {error}") from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise doubt(f"{subject}: no complete answer in time") from error
    except httpx.TransportError as error:
        raise doubt(f"{subject}: the connection broke: {str(error) or type(error).__name__}") from error
    except NodeMisbehaved as error:
        if repeatable:
            raise
        raise NodeUnclear(error.message) from error


async def _read(response: httpx.Response, max_bytes: int, subject: str) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise NodeMisbehaved(f"{subject}: answered compressed although it was asked not to")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > max_bytes:
            raise AnswerTooLarge(f"{subject}: the answer is larger than {max_bytes // MEBIBYTE} MiB")
    return bytes(body)


def _status_name(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


@cache
def tls_context() -> ssl.SSLContext:
    """One for all nodes: loading the certificates costs more than everything else about a client."""
    return httpx.create_ssl_context(trust_env=False)
