"""``/api/queue``: what waits, in which order and for what; and steering it."""

from typing import Annotated

from fastapi import Query, Response

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.http.slices import json_answer, with_list
from vibes.api.schemas.queue import MoveBody, PauseBody, QueueBody, QueueOut, QueueState, ResumeBody, WaitingOut
from vibes.domain.ids import BatchId, GenerationId
from vibes.services.queue.views import QueueViews

router = api_router(prefix="/api/queue", tag="queue")

Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=10**9)]


@router.get("", response_model=QueueOut)
async def get_queue(views: given.Views, limit: Limit = 100, offset: Offset = 0) -> Response:
    """In the order in which the waiting ones get their turn, as far as that can be known now."""
    return await _queue(views, limit, offset)


@router.patch("", response_model=QueueOut)
async def steer_queue(body: QueueBody, queue: given.Queue, views: given.Views) -> Response:
    """Pause it, let it go on, or move what waits to its front or back; answers the queue as it is then."""
    match body:
        case PauseBody():
            await queue.pause()
        case ResumeBody():
            await queue.resume()
        case MoveBody(batch_id=str(batch_id)):
            await queue.move_batch(BatchId(batch_id), body.to)
        case MoveBody():
            await queue.move([GenerationId(each) for each in body.generation_ids], body.to)
    return await _queue(views, 100, 0)


async def _queue(views: QueueViews, limit: int, offset: int) -> Response:
    state = QueueState.of(views.standing(), limit, offset)
    waiting = await views.waiting_in_order(offset, limit)
    return json_answer(await with_list(state, "waiting", waiting, WaitingOut.of))
