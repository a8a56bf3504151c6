"""What the live streams tell, message by message: the texts of a session's WebSocket and the events of a job.

They are dictionaries and no models, because a busy session tells thousands a minute. The OpenAPI document has them
under ``LiveMessage`` and ``JobMessage``.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from vibes.api.schemas.common import Timestamp
from vibes.api.schemas.gpus import GpuOut
from vibes.api.schemas.jobs import JobError, PictureOut
from vibes.api.schemas.sessions import SessionDetailOut
from vibes.domain.batch import BatchStatus
from vibes.domain.events import FailedCause, QueuedCause
from vibes.domain.job import JobStatus
from vibes.domain.nodes.node import NodeState
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.reason import ReasonCode


class TallyFields(TypedDict):
    """How far a batch is; ``completed`` counts generations that are terminal."""

    batch_id: str
    completed: int
    batch_total: int
    eta_seconds: float | None


class QueuedMessage(TypedDict):
    """Waits (again) for a node; ``reason`` tells people why it went back, ``cause`` programs."""

    seq: int
    type: Literal["queued"]
    generation_id: str
    batch_id: str
    cause: QueuedCause
    reason: str | None


class GeneratingMessage(TypedDict):
    seq: int
    type: Literal["generating"]
    generation_id: str
    batch_id: str
    node_id: str


class ProgressMessage(TallyFields):
    """``loading``: the model file that the node reads now, before it can go on; null while it draws."""

    seq: int
    type: Literal["progress"]
    generation_id: str
    node_id: str
    current: int
    total: int
    loading: str | None


class CompleteMessage(TallyFields):
    seq: int
    type: Literal["complete"]
    generation_id: str
    node_id: str
    image_url: str
    thumbnail_url: str
    media_type: MediaType
    seconds: float


class FailedMessage(TallyFields):
    """``cause`` ``maybe_paid``: it may have been made and charged for, and only a person has it made again."""

    seq: int
    type: Literal["failed"]
    generation_id: str
    cause: FailedCause
    message: str


class CancelledMessage(TallyFields):
    seq: int
    type: Literal["cancelled"]
    generation_id: str


class BatchMessage(TallyFields):
    seq: int
    type: Literal["batch"]
    status: BatchStatus


class StageMessage(TypedDict):
    seq: int
    type: Literal["stage"]
    stage: int


class SessionMessage(TypedDict):
    """What the session keeps for its flow is another one now; ``version`` is the new one's."""

    seq: int
    type: Literal["session"]
    version: int


class QueueMessage(TypedDict):
    seq: int
    type: Literal["queue"]
    paused_since: str | None


class NodeMessage(TypedDict):
    seq: int
    type: Literal["node"]
    node_id: str
    state: NodeState
    reason: str | None
    reason_code: ReasonCode | None


class SnapshotMessage(TypedDict):
    """How all stands: the first message, and again where what was missed can no longer be told."""

    seq: int
    type: Literal["snapshot"]
    session: SessionDetailOut
    gpus: list[GpuOut]
    paused_since: str | None


EventMessage = (
    QueuedMessage
    | GeneratingMessage
    | ProgressMessage
    | CompleteMessage
    | FailedMessage
    | CancelledMessage
    | BatchMessage
    | StageMessage
    | SessionMessage
    | QueueMessage
    | NodeMessage
)
LiveMessage = Annotated[SnapshotMessage | EventMessage, Field(discriminator="type")]


class JobStepMessage(TypedDict):
    """The job's own status; its last one is terminal."""

    type: Literal["job"]
    job_id: str
    status: JobStatus
    at: Timestamp
    result: NotRequired[Any]
    error: NotRequired[JobError]


class TaskStepMessage(TypedDict):
    type: Literal["task"]
    job_id: str
    task_id: str
    status: JobStatus
    at: Timestamp
    batch_id: str | None
    error_message: str | None
    images: NotRequired[Sequence[PictureOut]]


class JobProgressMessage(TallyFields):
    """A passing hint of how far one picture is."""

    type: Literal["progress"]
    job_id: str
    generation_id: str
    node_id: str
    current: int
    total: int


JobMessage = Annotated[JobStepMessage | TaskStepMessage | JobProgressMessage, Field(discriminator="type")]
