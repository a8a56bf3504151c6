"""The hub's services as the routes get them: one declared value, provided by the lifespan."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import Depends
from starlette.requests import HTTPConnection

from vibes.api.http.authentication import Authentication
from vibes.domain.errors import DocumentProblem
from vibes.domain.ids import GenerationId, JobId
from vibes.ports.storage import Storage
from vibes.scheduling.estimator import Estimator
from vibes.services.events.job_feed import JobFeed
from vibes.services.events.live_events import LiveEvents
from vibes.services.fleet.drains import Drains
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.generations.materials import Materials
from vibes.services.generations.models import FleetModels
from vibes.services.generations.queue_service import QueueService
from vibes.services.generations.service import GenerationService
from vibes.services.jobs.service import JobService
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.imports import WorkflowImporter
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.media.image_store import ImageStore
from vibes.services.media.uploads import Uploads
from vibes.services.queue.board import Board
from vibes.services.queue.forecast import Forecast
from vibes.services.sessions.flow_file import FlowPreset
from vibes.services.sessions.gallery import Gallery
from vibes.services.sessions.service import SessionService


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    storage: Storage
    sessions: SessionService
    generations: GenerationService
    queue: QueueService
    images: ImageStore
    gallery: Gallery
    artifacts: ArtifactStore
    uploads: Uploads
    catalog: WorkflowCatalog
    models: FleetModels
    materials: Materials
    importer: WorkflowImporter
    supervisor: NodeSupervisor
    drains: Drains
    board: Board
    forecast: Forecast
    estimator: Estimator
    flows: Mapping[str, FlowPreset]
    jobs: JobService
    job_feed: JobFeed
    job_progress: Callable[[JobId, GenerationId], float]
    heartbeat_seconds: float
    live: LiveEvents
    authentication: Authentication
    stop_claiming: Callable[[], None]
    stopping: Callable[[], bool]
    sweep: Callable[[], Awaitable[None]]
    fleet_problems: Callable[[], tuple[DocumentProblem, ...]]
    problems: Callable[[], list[str]]
    """Faults of the hub itself, which it retries."""
    vital_problem: Callable[[], str | None]
    """The one of those that stops all work; None without one."""


class LifespanState(TypedDict):
    hub: Hub


async def _hub(connection: HTTPConnection) -> Hub:
    # async although it waits for nothing: FastAPI runs a plain function in a thread, for every request
    hub: Hub = connection.state.hub
    return hub


HubDependency = Annotated[Hub, Depends(_hub)]
