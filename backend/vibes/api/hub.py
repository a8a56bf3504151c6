"""What the routes may ask for: the hub's services as one declared value, handed over by the lifespan."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import Depends
from starlette.requests import HTTPConnection

from vibes.api.security import Tickets
from vibes.api.wrong_keys import WrongKeys
from vibes.domain.errors import DocumentProblem
from vibes.domain.ids import GenerationId, JobId
from vibes.scheduling.estimator import Estimator
from vibes.services.artifact_store import ArtifactStore
from vibes.services.board import Board
from vibes.services.drains import Drains
from vibes.services.fleet_models import FleetModels
from vibes.services.flow_config import FlowPreset
from vibes.services.forecast import Forecast
from vibes.services.gallery import Gallery
from vibes.services.generation_service import GenerationService
from vibes.services.image_store import ImageStore
from vibes.services.job_feed import JobFeed
from vibes.services.job_service import JobService
from vibes.services.live_events import LiveEvents
from vibes.services.node_supervisor import NodeSupervisor
from vibes.services.ports import Storage
from vibes.services.queue_service import QueueService
from vibes.services.session_service import SessionService
from vibes.services.workflow_catalog import WorkflowCatalog
from vibes.services.workflow_import import WorkflowImporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    storage: Storage
    sessions: SessionService
    generations: GenerationService
    queue: QueueService
    images: ImageStore
    gallery: Gallery
    artifacts: ArtifactStore
    catalog: WorkflowCatalog
    models: FleetModels
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
    tickets: Tickets
    wrong_keys: WrongKeys
    key_required: bool
    stop_claiming: Callable[[], None]
    stopping: Callable[[], bool]
    sweep: Callable[[], Awaitable[None]]
    fleet_problems: Callable[[], tuple[DocumentProblem, ...]]
    problems: Callable[[], list[str]]
    """What is broken in the hub itself and tried again by it."""
    vital_problem: Callable[[], str | None]
    """Of those what keeps all work from going on."""


class LifespanState(TypedDict):
    hub: Hub


async def _hub(connection: HTTPConnection) -> Hub:
    # async although it waits for nothing: FastAPI sends a plain function to a thread, for every request
    hub: Hub = connection.state.hub
    return hub


HubDependency = Annotated[Hub, Depends(_hub)]
