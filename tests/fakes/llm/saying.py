"""How an answer goes out: piece by piece, as long as somebody listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.fakes.llm.brain import Brain, Turn
from tests.waiting import eventually


@asynccontextmanager
async def wait_for_turn(brain: Brain, request: web.Request) -> AsyncIterator[Turn]:
    """Counts what is under way at once; a turn that hangs waits here."""
    brain.running += 1
    brain.most_running = max(brain.most_running, brain.running)
    try:
        turn = brain.next_turn()
        if turn.hangs:
            await eventually(lambda: brain.go_on.is_set() or _gone(request), what="somebody ends the hanging turn")
        if turn.hangs and not brain.go_on.is_set():
            brain.abandoned += 1
        yield turn
    finally:
        brain.running -= 1


async def say(
    brain: Brain, request: web.Request, media_type: str, pieces: AsyncIterator[bytes], turn: Turn
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": media_type})
    await response.prepare(request)
    try:
        async for piece in pieces:
            await response.write(piece)
            if turn.endless:
                await asyncio.sleep(0)
            if turn.stalls:
                await eventually(lambda: _gone(request), what="nobody listens to what stalls any more")
        if turn.cut_when_told:
            await eventually(lambda: brain.go_on.is_set() or _gone(request), what="the line is told to die")
        if turn.cut and request.transport is not None:
            request.transport.abort()
    except ConnectionError:
        brain.abandoned += 1
    return response


def _gone(request: web.Request) -> bool:
    """Whether nobody listens any more."""
    return request.transport is None or request.transport.is_closing()
