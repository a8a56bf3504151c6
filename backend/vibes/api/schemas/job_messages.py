"""The events of a job's stream; the OpenAPI document has them under ``JobMessage``."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from vibes.api.schemas.common import Timestamp
from vibes.api.schemas.jobs import JobError, PictureOut
from vibes.api.schemas.live_messages import TallyFields
from vibes.domain.job import JobStatus


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
