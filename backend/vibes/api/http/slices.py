"""Large answers, encoded in slices between which other tasks get a turn."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from fastapi import Response
from pydantic import BaseModel

from vibes.api.schemas.generations import GenerationOut
from vibes.domain.generation import Generation
from vibes.services.queue.views import QueueViews

T = TypeVar("T")

A_SLICE = 50
"""Items of a list that are encoded at once, which takes a few milliseconds."""


async def with_list(
    head: BaseModel, name: str, items: Iterable[T], put: Callable[[T], BaseModel], *, most_bytes: int | None = None
) -> bytes:
    """The JSON of ``head`` with one more field, ``name``: every item as encoded by ``put``; with ``most_bytes`` only
    the first ones that fit into so many, at least one."""
    written: list[bytes] = []
    size = 0
    for index, item in enumerate(items, start=1):
        text = put(item).model_dump_json().encode()
        size += len(text)
        if most_bytes is not None and written and size > most_bytes:
            break
        written.append(text)
        if index % A_SLICE == 0:
            await asyncio.sleep(0)
    return b'%s,"%s":[%s]}' % (head.model_dump_json().encode()[:-1], name.encode(), b",".join(written))


async def with_generations(
    head: BaseModel, generations: Iterable[Generation], views: QueueViews, *, most_bytes: int | None = None
) -> bytes:
    """The JSON of ``head`` with ``generations``; ``most_bytes`` as in `with_list`."""
    return await with_list(
        head,
        "generations",
        generations,
        lambda each: GenerationOut.of(each, views.prospect(each)),
        most_bytes=most_bytes,
    )


def json_answer(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")
