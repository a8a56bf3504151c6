"""A Python client for a hub: typed, async or blocking, waits while the hub restarts. Examples: docs/api.md."""

from vibes.client.events import session_events
from vibes.client.events.job_events import JobChanged, JobEvent, JobProgressed, TaskChanged
from vibes.client.events.session_events import *  # noqa: F403 - each event is public: it is listed there and nowhere else
from vibes.client.http.address import DEFAULT_URL, HubAddress
from vibes.client.http.errors import (
    CannotBeSent,
    ClientError,
    Conflicting,
    EventsBlocked,
    FieldProblem,
    HubAway,
    HubRefused,
    InvalidRequest,
    KeyRefused,
    NotFound,
    NotUnderstood,
    Unavailable,
    WrongAddress,
)
from vibes.client.hub_clients import AsyncHubClient, HubClient
from vibes.client.values.costs import Costs, CostSum, MaybePaid, MaybePaidAnswer
from vibes.client.values.fleet import Catalog, CatalogItem, Fleet, Gpu, GpuCost, Queue, TaskType
from vibes.client.values.pictures import (
    Artifact,
    Batch,
    BatchRequest,
    Generation,
    GenerationImage,
    GenerationPage,
    Lora,
    Session,
    SessionDetail,
    SessionPage,
)
from vibes.client.values.rentals import Rental
from vibes.client.values.workflow_jobs import (
    AcceptedJob,
    Job,
    JobError,
    JobPage,
    JobSummary,
    JobTask,
    Picture,
    Task,
    pictures_in,
)

__all__ = [
    "DEFAULT_URL",
    "AcceptedJob",
    "Artifact",
    "AsyncHubClient",
    "Batch",
    "BatchRequest",
    "CannotBeSent",
    "Catalog",
    "CatalogItem",
    "ClientError",
    "Conflicting",
    "CostSum",
    "Costs",
    "EventsBlocked",
    "FieldProblem",
    "Fleet",
    "Generation",
    "GenerationImage",
    "GenerationPage",
    "Gpu",
    "GpuCost",
    "HubAddress",
    "HubAway",
    "HubClient",
    "HubRefused",
    "InvalidRequest",
    "Job",
    "JobChanged",
    "JobError",
    "JobEvent",
    "JobPage",
    "JobProgressed",
    "JobSummary",
    "JobTask",
    "KeyRefused",
    "Lora",
    "MaybePaid",
    "MaybePaidAnswer",
    "NotFound",
    "NotUnderstood",
    "Picture",
    "Queue",
    "Rental",
    "Session",
    "SessionDetail",
    "SessionPage",
    "Task",
    "TaskChanged",
    "TaskType",
    "Unavailable",
    "WrongAddress",
    "pictures_in",
]
__all__ += session_events.__all__
