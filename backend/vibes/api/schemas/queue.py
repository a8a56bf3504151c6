"""Bodies of ``/api/queue``."""

from typing import Annotated, Literal

from pydantic import FailFast, Field, model_validator

from vibes.api.schemas.common import SHOWN_PROMPT, RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.generations import ResponseBody
from vibes.domain.priority import Priority
from vibes.domain.reason import ReasonCode
from vibes.services.generations.queue_service import QueueEnd
from vibes.services.queue.queue_view import QueueStanding, WaitingWork, WorkOnNode
from vibes.text.plain_text import shortened


class PauseBody(RequestBody):
    """Start nothing new; what runs goes on."""

    action: Literal["pause"]


class ResumeBody(RequestBody):
    action: Literal["resume"]


class MoveBody(RequestBody):
    """Move what waits to an end of the queue: some generations, or all of a batch that still waits."""

    action: Literal["move"]
    to: QueueEnd
    generation_ids: Annotated[list[Word], FailFast(), at_most(1000)] = Field([], max_length=1000)
    batch_id: Word | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "MoveBody":
        if bool(self.generation_ids) == (self.batch_id is not None):
            raise ValueError("name either generation_ids or a batch_id")
        return self


QueueBody = Annotated[PauseBody | ResumeBody | MoveBody, Field(discriminator="action")]


class WaitingOut(ResponseBody):
    position: int = Field(description="From 0, in the order in which they get their turn.")
    generation_id: str
    session_id: str
    batch_id: str
    priority: Priority
    prompt: str
    eta_seconds: float | None
    waiting_for: str | None = Field(description="Why it waits, in words; null when a node is free for it now.")
    waiting_code: ReasonCode | None = Field(description="The same for whoever decides upon it.")

    @classmethod
    def of(cls, work: WaitingWork) -> "WaitingOut":
        generation, reason = work.generation, work.waiting_for
        return cls(
            position=work.position,
            generation_id=generation.id,
            session_id=generation.session_id,
            batch_id=generation.batch_id,
            priority=work.priority,
            prompt=shortened(generation.spec.prompt, SHOWN_PROMPT),
            eta_seconds=work.eta_seconds,
            waiting_for=reason and reason.sentence,
            waiting_code=reason and reason.code,
        )


class OnNodeOut(ResponseBody):
    gpu_id: str
    generation_id: str
    session_id: str
    batch_id: str
    prompt: str
    state: Literal["running", "waiting", "fetching"] = Field(
        description="waiting: queued on the node behind another; fetching: done, its picture is on the way."
    )
    eta_seconds: float | None

    @classmethod
    def of(cls, work: WorkOnNode) -> "OnNodeOut":
        generation = work.generation
        return cls(
            gpu_id=work.node_id,
            generation_id=generation.id,
            session_id=generation.session_id,
            batch_id=generation.batch_id,
            prompt=shortened(generation.spec.prompt, SHOWN_PROMPT),
            state=work.state,
            eta_seconds=work.eta_seconds,
        )


class QueueState(ResponseBody):
    paused: bool
    paused_since: Timestamp | None
    queued: int = Field(description="Generations that wait in the hub.")
    on_nodes: list[OnNodeOut]
    limit: int
    offset: int

    @classmethod
    def of(cls, queue: QueueStanding, limit: int, offset: int) -> "QueueState":
        return cls(
            paused=queue.paused_since is not None,
            paused_since=queue.paused_since,
            queued=queue.queued,
            on_nodes=[OnNodeOut.of(each) for each in queue.on_nodes],
            limit=limit,
            offset=offset,
        )


class QueueOut(QueueState):
    waiting: list[WaitingOut]
