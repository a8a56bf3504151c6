"""Bodies of ``/api/queue``."""

from typing import Annotated, Literal

from pydantic import FailFast, Field, model_validator

from vibes.api.schemas.common import RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.generations import ResponseBody
from vibes.domain.priority import Priority
from vibes.domain.reason import ReasonCode
from vibes.services.generations.queue_service import QueueEnd


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


class QueueState(ResponseBody):
    paused: bool
    paused_since: Timestamp | None
    queued: int = Field(description="Generations that wait in the hub.")
    on_nodes: list[OnNodeOut]
    limit: int
    offset: int


class QueueOut(QueueState):
    waiting: list[WaitingOut]
