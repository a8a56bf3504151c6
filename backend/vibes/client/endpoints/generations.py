"""Generations: search, download, cancel, retry, star and rate them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.errors import NotUnderstood
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.pictures import Generation, GenerationPage
from vibes.client.values.workflow_jobs import Picture
from vibes.domain.pictures.media_type import MediaType, media_type_of

_PATH = "/api/generations"


class AsyncGenerations:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self, generation_id: str) -> Generation:
        return await self._transport.value(Generation, get(_path(generation_id)))

    async def search(self, *, limit: int = 100, offset: int = 0, **criteria: Any) -> GenerationPage:
        """Newest first unless ``sort`` says otherwise; ``criteria`` are the query parameters of
        ``GET /api/generations`` and must all match."""
        asked = {name: _text(value) for name, value in criteria.items()}
        return await self._transport.value(GenerationPage, get(_PATH, limit=limit, offset=offset, **asked))

    async def cancel(self, generation_id: str) -> Generation:
        return await self._change(generation_id, "cancel", repeatable=True)

    async def retry(self, generation_id: str) -> Generation:
        """Generate a failed or cancelled one again with the same seed. Raises Conflicting for any other."""
        return await self._change(generation_id, "retry", repeatable=False)

    async def star(self, generation_id: str, *, starred: bool = True) -> Generation:
        return await self._change(generation_id, "star", repeatable=True, body={"starred": starred})

    async def rate(self, generation_id: str, rating: int | None) -> Generation:
        """How good it is, from 1 to 5; None takes that away."""
        return await self._change(generation_id, "rate", repeatable=True, body={"rating": rating})

    async def image(self, picture: Generation | Picture | str, index: int = 0, *, metadata: bool = True) -> bytes:
        """The image that is shown, or another one, of a generation, a job's picture, or an id; a PNG has ComfyUI's and
        A1111's metadata, a JPEG or WebP A1111's where it has none of its own.

        `vibes.domain.pictures.media_type.media_type_of` says what it is: None for one of a type that only a newer hub
        keeps, of which nothing was checked. ``metadata``: False leaves out what it was made with, which a hub of an
        earlier release does not; a video is refused with InvalidRequest.

        Raises NotFound when there is none, and NotUnderstood when the answer is none of the types that a hub keeps, and
        of no newer type either: programs open a file by its first bytes, whatever its name.
        """
        url = await self._url(picture)
        asked = {} if metadata else {"metadata": "none"}
        content, said = await self._transport.content_and_type(get(f"{url}/{index}" if index else url, **asked))
        if media_type_of(content) is None and not _is_newer_type(said):
            raise NotUnderstood(f"what the hub has at {url} is no picture or video: it is damaged, or the hub is none")
        return content

    async def archive(self, generation_ids: Sequence[str], *, metadata: bool = True) -> bytes:
        """Their pictures as one zip, at most 1,000 of them; lost ones are named in a MISSING.txt within. ``metadata``:
        False leaves out what they were made with, and videos."""
        asked, body = {} if metadata else {"metadata": "none"}, {"ids": [*generation_ids]}
        call = Call(method="POST", path=f"{_PATH}/archive", query=asked, body=body, repeatable=True)
        return await self._transport.content(call)

    async def thumbnail(self, picture: Generation | Picture | str) -> bytes:
        """A JPEG of at most 256 px."""
        return await self._transport.content(get(f"{await self._url(picture)}/thumb"))

    async def _url(self, picture: Generation | Picture | str) -> str:
        if isinstance(picture, Picture):
            return picture.image_url
        generation = await self.get(picture) if isinstance(picture, str) else picture
        return f"/api/images/{quote(generation.session_id, safe='')}/{quote(generation.id, safe='')}"

    async def _change(self, generation_id: str, what: str, *, repeatable: bool, body: Any = None) -> Generation:
        call = Call(method="POST", path=f"{_path(generation_id)}/{what}", body=body, repeatable=repeatable)
        return await self._transport.value(Generation, call)


class Generations:
    """`AsyncGenerations` for callers without an event loop."""

    def __init__(self, generations: AsyncGenerations, loop: BackgroundLoop) -> None:
        self._generations = generations
        self._loop = loop

    def get(self, generation_id: str) -> Generation:
        return self._loop.run(self._generations.get(generation_id))

    def search(self, *, limit: int = 100, offset: int = 0, **criteria: Any) -> GenerationPage:
        return self._loop.run(self._generations.search(limit=limit, offset=offset, **criteria))

    def cancel(self, generation_id: str) -> Generation:
        return self._loop.run(self._generations.cancel(generation_id))

    def retry(self, generation_id: str) -> Generation:
        return self._loop.run(self._generations.retry(generation_id))

    def star(self, generation_id: str, *, starred: bool = True) -> Generation:
        return self._loop.run(self._generations.star(generation_id, starred=starred))

    def rate(self, generation_id: str, rating: int | None) -> Generation:
        return self._loop.run(self._generations.rate(generation_id, rating))

    def image(self, picture: Generation | Picture | str, index: int = 0, *, metadata: bool = True) -> bytes:
        return self._loop.run(self._generations.image(picture, index, metadata=metadata))

    def archive(self, generation_ids: Sequence[str], *, metadata: bool = True) -> bytes:
        return self._loop.run(self._generations.archive(generation_ids, metadata=metadata))

    def thumbnail(self, picture: Generation | Picture | str) -> bytes:
        return self._loop.run(self._generations.thumbnail(picture))


def _path(generation_id: str) -> str:
    return f"{_PATH}/{quote(generation_id, safe='')}"


def _is_newer_type(said: str) -> bool:
    """Whether an answer says that it is something to look at or to listen to, of a type that this client does not
    know."""
    return said.startswith(("image/", "video/", "audio/")) and said not in set(MediaType)


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(each) for each in value]
    return value
