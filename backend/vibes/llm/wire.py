"""HTTP with a language model server: bounded, never redirected, closed when nobody waits any more."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from vibes.domain.chat.config import Dialect, ServerConfig
from vibes.generators.hosted.http import Connections, Limits, NoAnswer, NotSent, Reply, TooLate, bounded, lower
from vibes.llm.faults import failure_of, too_slow
from vibes.ports.chat import ChatFault, ChatUnavailable

CONNECT_SECONDS = 3.0
_MOST_BYTES = 4 * 1024**2
"""Of an answer. One of a thousand tokens has about 200 kB, with the envelope of each."""
_LONGEST_LINE = 1024**2


class Answer:
    """One that has begun, with a good status."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def lines(self) -> AsyncIterator[str]:
        """Those that are not empty, as they come."""
        rest = b""
        async for chunk in bounded(self._response, _MOST_BYTES):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                if line.strip():
                    yield line.decode("utf-8", "replace").strip()
            if len(rest) > _LONGEST_LINE:
                raise NoAnswer("a line of its answer has no end")
        if rest.strip():
            yield rest.decode("utf-8", "replace").strip()

    async def body(self) -> bytes:
        return b"".join([chunk async for chunk in bounded(self._response, _MOST_BYTES)])


class Wire:
    """Connections to one server; the key goes to its configured address alone."""

    def __init__(self, config: ServerConfig, key: str) -> None:
        self.config = config
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._connections = Connections(kept=True, key=key)
        self._opening = asyncio.Lock()
        self._open = False

    async def ask(self, method: str, path: str, seconds: float, body: Mapping[str, Any] | None = None) -> Reply:
        """A whole answer, whatever its status."""
        async with self._asking(method, path, seconds, body) as response:
            content = b"".join([chunk async for chunk in bounded(response, _MOST_BYTES)])
            return Reply(response.status_code, lower(response.headers), self._connections.without_key(content))

    @asynccontextmanager
    async def begin(self, path: str, seconds: float, body: Mapping[str, Any]) -> AsyncIterator[Answer]:
        """The beginning of an answer; leaving it closes the connection, at which a server stops. Raises
        `vibes.llm.faults.Rejected` for another status than a good one, and ChatUnavailable."""
        async with self._asking("POST", path, seconds, body) as response:
            reply = Reply(response.status_code, lower(response.headers), b"")
            if not reply.good:
                content = b"".join([chunk async for chunk in bounded(response, _MOST_BYTES)])
                content = self._connections.without_key(content)
                raise failure_of(self.config, Reply(reply.status, reply.headers, content))
            yield Answer(response)

    async def close(self) -> None:
        await self._connections.close()

    @asynccontextmanager
    async def _asking(
        self, method: str, path: str, seconds: float, body: Mapping[str, Any] | None
    ) -> AsyncIterator[httpx.Response]:
        await self._be_open()
        limits = Limits(seconds=seconds, most_bytes=_MOST_BYTES, connect_seconds=CONNECT_SECONDS)
        url = f"{self.config.url}{path}"
        content = {} if body is None else {"json": body}
        try:
            async with self._connections.begin(method, url, limits, headers=self._headers, **content) as response:
                yield response
        except NotSent as error:
            raise ChatUnavailable(ChatFault.NO_SERVER, _nothing_there(self.config, str(error))) from error
        except TooLate:
            raise too_slow(self.config, seconds) from None
        except NoAnswer as error:
            raise ChatUnavailable(ChatFault.CUT, f"{self.config.name} broke off its answer: {error}") from error

    async def _be_open(self) -> None:
        async with self._opening:
            if not self._open:
                await self._connections.open()
                self._open = True


def _nothing_there(config: ServerConfig, why: str) -> str:
    start = "start it with `ollama serve`" if config.kind is Dialect.OLLAMA else "start it"
    return f"nothing answers at {config.url} ({why}): {start}, or mend the url of {config.name} in llm.yaml"
