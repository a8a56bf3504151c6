"""``/api/queue``: what waits, in which order and for what; and steering it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from vibes.api.http.hub import Hub, HubDependency
from vibes.api.http.slices import json_answer, with_list
from vibes.api.schemas.common import SHOWN_PROMPT
from vibes.api.schemas.queue import (
    MoveBody,
    OnNodeOut,
    PauseBody,
    QueueBody,
    QueueOut,
    QueueState,
    ResumeBody,
    WaitingOut,
)
from vibes.domain.generation import Generation
from vibes.domain.ids import BatchId, GenerationId
from vibes.scheduling.snapshot import Work
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.text.plain_text import shortened

router = APIRouter(prefix="/api/queue", tags=["queue"])

Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=10**9)]


@router.get("", response_model=QueueOut)
async def get_queue(hub: HubDependency, limit: Limit = 100, offset: Offset = 0) -> Response:
    """In the order in which the waiting ones get their turn, as far as that can be known now."""
    return await _queue(hub, limit, offset)


@router.patch("", response_model=QueueOut)
async def steer_queue(body: QueueBody, hub: HubDependency) -> Response:
    """Pause it, let it go on, or move what waits to its front or back; answers the queue as it is then."""
    match body:
        case PauseBody():
            await hub.queue.pause()
        case ResumeBody():
            await hub.queue.resume()
        case MoveBody(batch_id=str(batch_id)):
            await hub.queue.move_batch(BatchId(batch_id), body.to)
        case MoveBody():
            await hub.queue.move([GenerationId(each) for each in body.generation_ids], body.to)
    return await _queue(hub, 100, 0)


async def _queue(hub: Hub, limit: int, offset: int) -> Response:
    since = hub.board.paused_since
    state = QueueState(
        paused=since is not None,
        paused_since=since,
        queued=hub.board.waiting + hub.board.unread,
        on_nodes=[_on_node(hub, active) for active in hub.board.active.values()],
        limit=limit,
        offset=offset,
    )
    page = enumerate(await hub.board.waiting_in_order(offset, limit), start=offset)
    return json_answer(await with_list(state, "waiting", page, lambda each: _waiting(hub, *each)))


def _waiting(hub: Hub, position: int, place: tuple[Generation, Work]) -> WaitingOut:
    generation, work = place
    waiting = hub.forecast.waiting_for(generation.id)
    return WaitingOut(
        position=position,
        generation_id=generation.id,
        session_id=generation.session_id,
        batch_id=generation.batch_id,
        priority=work.priority,
        prompt=shortened(generation.spec.prompt, SHOWN_PROMPT),
        eta_seconds=hub.forecast.eta_seconds(generation.id),
        waiting_for=waiting and waiting.sentence,
        waiting_code=waiting and waiting.code,
    )


def _on_node(hub: Hub, active: ActiveAttempt) -> OnNodeOut:
    state: Literal["running", "waiting", "fetching"]
    state = "fetching" if active.collecting else "waiting" if active.prefetched else "running"
    generation = active.generation
    return OnNodeOut(
        gpu_id=active.node_id,
        generation_id=generation.id,
        session_id=generation.session_id,
        batch_id=generation.batch_id,
        prompt=shortened(generation.spec.prompt, SHOWN_PROMPT),
        state=state,
        eta_seconds=hub.forecast.eta_seconds(generation.id),
    )
