"""OpenAI's image routes: one request for one picture, never repeated, with partial images as they come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from vibes.generators.errors import MaybePaid, Unavailable
from vibes.generators.hosted.http import Connections, NoAnswer, NotSent, Reply, bounded, lower, parsed
from vibes.generators.openai.answers import Broken, EventStream, Partial, Picture, event, picture_in
from vibes.generators.openai.config import OpenAIConfig
from vibes.generators.openai.failures import failure, failure_in_stream
from vibes.generators.openai.requests import DrawingRequest

OnPartial = Callable[[Partial], Awaitable[None]]
_LARGE = 65536


class OpenAIClient:
    """``fresh``: connections for what costs money; ``kept``: for the rest."""

    def __init__(self, config: OpenAIConfig, fresh: Connections, kept: Connections) -> None:
        self._config = config
        self._fresh = fresh
        self._kept = kept

    async def draw(self, request: DrawingRequest, on_partial: OnPartial) -> Picture:
        """Where the picture is. Raises Unavailable where the request provably never arrived, MaybePaid where it may
        have been carried out without an answer, and what the answer means."""
        url = f"{self._config.base_url}{request.path}"
        try:
            async with self._fresh.begin(
                "POST", url, self._config.drawing, headers=self._key(), **request.as_httpx()
            ) as response:
                if response.headers.get("content-type", "").startswith("text/event-stream") and response.is_success:
                    return await self._streamed(response, on_partial)
                reply = await self._whole(response)
        except NotSent as error:
            raise Unavailable(f"{self._who} cannot be reached: {error}") from error
        except NoAnswer as error:
            raise MaybePaid(f"{self._who} may have drawn it: {error}") from error
        value = await reply.value()
        picture = picture_in(value) if reply.good else None
        if picture is None:
            raise failure(reply, value, who=self._who)
        return picture

    async def models(self) -> Reply:
        """The list of models, which proves that the key is taken. Raises NotSent or NoAnswer."""
        url = f"{self._config.base_url}/models"
        return await self._kept.ask("GET", url, self._config.question, headers=self._key())

    async def _whole(self, response: httpx.Response) -> Reply:
        body = b"".join([piece async for piece in bounded(response, self._config.drawing.most_bytes)])
        return Reply(response.status_code, lower(response.headers), self._fresh.without_key(body))

    async def _streamed(self, response: httpx.Response, on_partial: OnPartial) -> Picture:
        stream = EventStream()
        async for piece in bounded(response, self._config.drawing.most_bytes):
            for name, data in stream.feed(piece):
                match event(name, await _read(self._fresh.without_key(data))):
                    case Picture() as picture:
                        return picture
                    case Partial() as partial:
                        await on_partial(partial)
                    case Broken(value):
                        raise failure_in_stream(value, who=self._who)
                    case None:
                        """An event that a later API may have."""
        raise NoAnswer("its stream ended before the picture")

    def _key(self) -> dict[str, str]:
        """A server of one's own may need none."""
        return {"Authorization": f"Bearer {self._config.key}"} if self._config.key else {}

    @property
    def _who(self) -> str:
        return host_of(self._config.base_url)


def host_of(url: str) -> str:
    return httpx.URL(url).host


async def _read(data: bytes) -> Any:
    return await asyncio.to_thread(parsed, data) if len(data) > _LARGE else parsed(data)
