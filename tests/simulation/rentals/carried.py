"""Carries requests to the provider without a socket, in the time of the event loop, with what can happen on the way."""

import asyncio
import json
from collections.abc import Callable

import httpx

from tests.fakes.vast.cloud import Answer, FakeCloud

CUT_AFTER_SECONDS = 20.0
"""Who gets no answer gives up after so long."""


class Carried(httpx.AsyncBaseTransport):
    """The provider acts half-way between question and answer, whether or not somebody is left to hear it."""

    def __init__(self, cloud: FakeCloud, latency: Callable[[], float]) -> None:
        self._cloud = cloud
        self._latency = latency

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        await asyncio.sleep(self._latency())
        answer = self._cloud.answer(
            request.method,
            request.url.path,
            dict(request.url.params),
            {name.lower(): value for name, value in request.headers.items()},
            json.loads(content) if content else None,
        )
        await asyncio.sleep(self._latency())
        return await _delivered(answer, request)


async def _delivered(answer: Answer, request: httpx.Request) -> httpx.Response:
    if answer.cut:
        await asyncio.sleep(CUT_AFTER_SECONDS)
        raise httpx.ReadTimeout("no answer", request=request)
    if isinstance(answer.body, str):
        return httpx.Response(answer.status, text=answer.body, headers=answer.headers, request=request)
    return httpx.Response(answer.status, json=answer.body, headers=answer.headers, request=request)
