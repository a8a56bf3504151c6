"""HTTP with a provider: bounded in bytes and seconds, never repeated and never redirected by itself."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus as Status
from typing import Any

import httpx

from vibes.text.json_text import without_halves

_NEVER_ARRIVED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""The connection was not even there: nothing of the request can have reached anybody."""

CONNECT_SECONDS = 10.0
_PLAIN = {"Accept-Encoding": "identity"}
"""So that bytes received are bytes kept: a small answer cannot unpack into a large one."""
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_LARGE = 65536
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_BEGINNING = 300
"""Characters of an answer that is no JSON which are told."""


@cache
def _certificates() -> ssl.SSLContext:
    """Reading them takes a tenth of a second, so all connections share them."""
    return httpx.create_ssl_context()


class NotSent(Exception):
    """Provably nothing arrived."""


class NoAnswer(Exception):
    """It may have arrived, and whatever was answered is of no use."""


class TooLate(NoAnswer):
    """The seconds went by."""


class TooLarge(NoAnswer):
    """Asking again would bring as much."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request."""

    seconds: float
    """From its beginning to the last byte of the answer."""
    most_bytes: int
    """Of the answer's body."""
    connect_seconds: float = CONNECT_SECONDS
    """Of them until there is a connection."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes

    @property
    def good(self) -> bool:
        return Status.OK <= self.status < Status.MULTIPLE_CHOICES

    @property
    def redirects(self) -> bool:
        return Status.MULTIPLE_CHOICES <= self.status < Status.BAD_REQUEST

    @property
    def broken(self) -> bool:
        """The other side's own fault: nobody can tell what it did before."""
        return self.status >= Status.INTERNAL_SERVER_ERROR

    @property
    def retry_after(self) -> float | None:
        """Seconds after which it may be asked again; None where it does not say, or names a date."""
        told = self.headers.get("retry-after", "")
        return float(told) if _SECONDS.fullmatch(told) else None

    async def value(self) -> Any:
        """The JSON in the body, None where there is none; a large one is read in a thread."""
        return await asyncio.to_thread(self._read) if len(self.body) > _LARGE else self._read()

    def _read(self) -> Any:
        return parsed(self.body)

    @property
    def beginning(self) -> str:
        """For messages, where the body is no JSON; of an empty one what its status means."""
        text = " ".join(self.body[: _BEGINNING * 4].decode("utf-8", "replace").split())[:_BEGINNING]
        return text or next((each.phrase for each in Status if each == self.status), "nothing")


def parsed(body: bytes) -> Any:
    """The JSON in it, all of its texts valid Unicode; None where there is none that can be read: one nested a thousand
    times deep is none."""
    try:
        return json.loads(without_halves(body.decode("utf-8-sig", errors="replace")))
    except (ValueError, RecursionError):
        return None


class Connections:
    """Connections to providers. ``kept`` ones are used again; what costs money goes over a new one each, because a kept
    one that was closed at the other end leaves in doubt whether a request arrived. An answer that repeats the ``key``
    is read without it, so that no message and no log can have it."""

    def __init__(self, *, kept: bool, key: str = "") -> None:
        self._kept = kept
        self._key = key.encode()
        self._client: httpx.AsyncClient | None = None

    async def open(self) -> None:
        """Reads the certificates that are trusted, in a thread, the first time."""
        if self._client is None:
            limits = httpx.Limits(max_keepalive_connections=20 if self._kept else 0)
            certificates = await asyncio.to_thread(_certificates)
            self._client = httpx.AsyncClient(verify=certificates, limits=limits, follow_redirects=False)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def ask(self, method: str, url: str, limits: Limits, **request: Any) -> Reply:
        """One request, with httpx's arguments, and its whole answer. Raises NotSent or NoAnswer."""
        async with self.begin(method, url, limits, **request) as response:
            body = b"".join([chunk async for chunk in bounded(response, limits.most_bytes)])
            return Reply(response.status_code, lower(response.headers), self.without_key(body))

    def without_key(self, body: bytes) -> bytes:
        """What is read of an answer."""
        return body.replace(self._key, b"...") if self._key else body

    @asynccontextmanager
    async def begin(self, method: str, url: str, limits: Limits, **request: Any) -> AsyncIterator[httpx.Response]:
        """One request and the beginning of its answer; what breaks while it is read is NoAnswer too."""
        client = self._client
        if client is None:
            raise NotSent("it is not started")
        headers = {**_PLAIN, **request.pop("headers", {})}
        patience = httpx.Timeout(limits.seconds, connect=min(limits.connect_seconds, limits.seconds))
        try:
            asked = client.build_request(method, url, headers=headers, timeout=patience, **request)
        except (httpx.InvalidURL, ValueError, TypeError) as error:  # an address or a token that somebody told
            raise NotSent(f"it cannot be asked: {type(error).__name__}") from error
        try:
            async with asyncio.timeout(limits.seconds), aclosing(await client.send(asked, stream=True)) as response:
                _require_plain(response)
                yield response
        except _NEVER_ARRIVED as error:
            raise NotSent(_words(error)) from error
        except TimeoutError:
            raise TooLate(f"no answer within {limits.seconds:g} s") from None
        except httpx.HTTPError as error:
            raise NoAnswer(_words(error)) from error


def _require_plain(response: httpx.Response) -> None:
    """Some gateways compress although nobody asked; what is packed several times could fill the memory by one piece."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise NoAnswer(f"an answer in the encoding {encoding[:40]!r}, which nobody asked for")


async def bounded(response: httpx.Response, most_bytes: int) -> AsyncIterator[bytes]:
    """The body in pieces; TooLarge as soon as it is that."""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most_bytes:
        raise TooLarge(f"an answer of {int(length)} bytes, more than {most_bytes}")
    received = 0
    async for chunk in response.aiter_bytes():
        received += len(chunk)
        if received > most_bytes:
            raise TooLarge(f"an answer of more than {most_bytes} bytes")
        yield chunk


def lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _words(error: Exception) -> str:
    """httpx's errors often have no text."""
    return str(error) or type(error).__name__
