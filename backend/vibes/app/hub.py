"""Builds the hub out of its parts and takes it down again; nothing else imports this but the command line."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from uuid import UUID, uuid4

from fastapi import FastAPI

from vibes.api.http.hub import Hub, LifespanState
from vibes.api.http.security import Tickets
from vibes.api.http.wrong_keys import WrongKeys
from vibes.api.http_app import create_http_app
from vibes.environment.private_folder import make_private
from vibes.environment.settings import Settings
from vibes.environment.shipped import built_studio
from vibes.nodes.comfyui.http import HttpLimits
from vibes.nodes.comfyui.node import comfyui_node_factory
from vibes.ports.clock import Clock
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.ports.storage import Storage
from vibes.scheduling.estimator import Estimator
from vibes.services.events.job_feed import JobFeed
from vibes.services.events.live_events import LiveEvents
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.attempt_runner import AttemptRunner, AttemptTimes
from vibes.services.execution.dispatcher import Dispatcher
from vibes.services.execution.progress_writer import ProgressWriter
from vibes.services.execution.result_collector import Collection
from vibes.services.execution.safe_planning import SafePlanning
from vibes.services.execution.settlement import Settlement
from vibes.services.fleet.circuit_breaker import BreakerTimes
from vibes.services.fleet.config_follower import Fleet
from vibes.services.fleet.drains import Drains
from vibes.services.fleet.health_monitor import WatchTimes
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.generations.models import FleetModels
from vibes.services.generations.queue_service import QueueService
from vibes.services.generations.service import GenerationService
from vibes.services.jobs.artifacts import JobArtifacts
from vibes.services.jobs.runner import JobRunner
from vibes.services.jobs.service import JobService
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.imports import WorkflowImporter
from vibes.services.library.versions import WorkflowVersions
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.maintenance.healing import Healing
from vibes.services.maintenance.image_remains import ImageRemains
from vibes.services.maintenance.queue_reader import QueueReader
from vibes.services.maintenance.recovery import Recovery
from vibes.services.maintenance.retention import Retention
from vibes.services.maintenance.warm_up import WarmUp
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.media.decoding_pool import DecodingPool
from vibes.services.media.image_store import ImageStore
from vibes.services.media.input_images import InputImages
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board
from vibes.services.queue.broken_plans import BrokenPlans
from vibes.services.queue.forecast import Forecast
from vibes.services.runtime.clock import SystemClock
from vibes.services.runtime.loop import Loops, running_loops
from vibes.services.runtime.settled_heap import SettledHeap
from vibes.services.sessions.flow_file import read_flows
from vibes.services.sessions.gallery import Gallery
from vibes.services.sessions.service import DiscardPolicy, SessionService
from vibes.storage.open import open_storage

logger = logging.getLogger(__name__)


def create_app(settings: Settings, hub: Hub) -> FastAPI:
    """The running hub as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[LifespanState]:
        yield {"hub": hub}

    return create_http_app(
        lifespan=lifespan,
        version=version("vibes-imgen"),
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        tickets=hub.tickets,
        wrong_keys=hub.wrong_keys,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        studio=built_studio(),
    )


@asynccontextmanager
async def running_hub(
    settings: Settings, node_factory: GeneratorNodeFactory | None = None, clock: Clock | None = None
) -> AsyncIterator[Hub]:
    """Open in the order of need, recover before the first dispatch, close in the reverse order.

    ``node_factory`` makes the clients of the nodes; default: ComfyUI over HTTP and WebSocket. ``clock``: the system's.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        make_private(settings.data)
        storage = await stack.enter_async_context(
            open_storage(settings.storage_url, synchronous=settings.sqlite_synchronous)
        )
        (settings.data / "workflows").mkdir(exist_ok=True)
        catalog = WorkflowCatalog(settings.workflow_folders)
        await catalog.load()
        supervisor = await stack.enter_async_context(
            NodeSupervisor(
                node_factory or comfyui_node_factory(hub_id=_hub_id(settings), limits=_http_limits(settings)),
                _watch_times(settings),
                clock,
            )
        )
        fleet = Fleet(settings.config, supervisor.apply)
        parts = _Services(settings, storage, catalog, supervisor, clock)
        stack.callback(parts.decoding.close)
        supervisor.subscribe(parts.dispatcher)
        await parts.models.load()
        await parts.drains.load()
        await fleet.load()
        await parts.recovery.run()
        stack.callback(parts.forecast.stop)
        stack.push_async_callback(parts.dispatcher.stop)
        loops = await stack.enter_async_context(running_loops())
        loops.start("dispatcher", parts.dispatcher.run, vital=True)
        if settings.warm_up:
            parts.announcer.batch_ended = parts.warm_up.batch_ended
            loops.start("warm-up", parts.warm_up.run)
        loops.start("bookkeeping", parts.bookkeeping.run)
        loops.start("heap", SettledHeap(lambda: parts.board.waiting, clock).follow)
        loops.start("queue", parts.queue_reader.follow, vital=True)
        loops.start("healing", parts.healing.follow)
        loops.start("gpus.yaml", fleet.follow)
        loops.start("workflows", catalog.follow)
        loops.start("retention", parts.retention.run)
        parts.live.overheard = parts.job_runner.overhear
        loops.start("jobs", parts.job_runner.run)
        yield parts.hub(fleet, loops)


def _watch_times(settings: Settings) -> WatchTimes:
    pause = settings.breaker_pause
    return WatchTimes(
        check_interval=settings.health_interval,
        recheck_interval=settings.recheck_interval,
        slow_answer=settings.answer_timeout / 6,
        wedged_after=settings.wedged_after,
        breaker=BreakerTimes(first=pause, longest=30 * pause),
    )


def _http_limits(settings: Settings) -> HttpLimits:
    seconds = settings.answer_timeout
    return HttpLimits(check_seconds=seconds / 3, answer_seconds=seconds)


def _hub_id(settings: Settings) -> UUID:
    """This hub's identity towards its nodes, made once a data folder: two hubs must never share one."""
    path = settings.data / "hub-id"
    try:
        return UUID(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        identity = uuid4()
        path.write_text(f"{identity}\n", encoding="ascii")
        return identity


class _Services:
    """The services, wired once."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        catalog: WorkflowCatalog,
        supervisor: NodeSupervisor,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self.storage = storage
        self.catalog = catalog
        self.supervisor = supervisor
        self.decoding = DecodingPool()
        self.images = ImageStore(settings.images_folder, self.decoding)
        self.artifacts = ArtifactStore(settings.artifacts_folder, self.decoding)
        self.estimator = Estimator()
        self.live = LiveEvents(clock)
        self.board = Board(supervisor, self.estimator, clock, settings.tier_overflow_threshold)
        self.progress = ProgressTracker()
        broken = BrokenPlans(settings.data / "broken-plans")
        self.planning = SafePlanning(self.board, self.estimator, broken, clock)
        self.forecast = Forecast(self.board, self.estimator, clock, self.progress, broken)
        self.announcer = Announcer(self.live, self.forecast)
        self.flows = read_flows(settings.flows_file)
        self.bookkeeping = ProgressWriter(storage, clock)
        workflows = WorkflowVersions(storage, catalog)
        self.models = FleetModels(storage, supervisor)
        pictures = InputImages(storage, self.images, self.artifacts, self.decoding)
        collection = self._collection(workflows, clock)
        self.dispatcher = self._dispatcher(collection, workflows, pictures, clock)
        discard = DiscardPolicy(enabled=settings.discard_unselected, undo_window=settings.undo_window)
        self.sessions = SessionService(storage, self.images, self.live, clock, discard)
        self.gallery = Gallery(storage, self.images, clock, settings.undo_window)
        self.generations = GenerationService(
            storage,
            self.sessions,
            workflows,
            self.models,
            pictures,
            self.board,
            self.announcer,
            clock,
            settings.max_batch_count,
            self.dispatcher.cancel,
        )
        self.queue = QueueService(
            storage, self.board, self.generations, self.live, clock, self.dispatcher.take_back_what_waits
        )
        self.warm_up = WarmUp(
            storage, self.flows, workflows, self.models, supervisor, self.board, self.estimator, settings.warm_up_after
        )
        self.drains = Drains(storage, supervisor, clock)
        self._wire_jobs(workflows, pictures, clock)
        self._wire_maintenance(collection, clock)

    def _wire_maintenance(self, collection: Collection, clock: Clock) -> None:
        storage, board, dispatcher = self.storage, self.board, self.dispatcher
        remains = ImageRemains(storage, self.images, collection)
        self.retention = Retention(storage, self.sessions, remains, self.artifacts, clock)
        continued = ContinuedWork(storage, self.generations, self.announcer, clock)
        self.queue_reader = QueueReader(storage, board, continued, clock)
        self.recovery = Recovery(
            storage, self.images, board, dispatcher, self.supervisor, continued, self.queue_reader, clock
        )
        self.healing = Healing(
            storage,
            board,
            dispatcher,
            self.recovery,
            continued,
            self.queue_reader,
            self.announcer,
            self.job_runner,
            clock,
        )

    def _wire_jobs(self, workflows: WorkflowVersions, pictures: InputImages, clock: Clock) -> None:
        artifacts = JobArtifacts(self.storage, self.artifacts)
        self.job_feed = JobFeed(self.storage, clock)
        self.job_runner = JobRunner(self.storage, self.generations, workflows, artifacts, self.job_feed, clock)
        self.jobs = JobService(
            self.storage,
            self.sessions,
            self.generations,
            workflows,
            pictures,
            artifacts,
            self.job_feed,
            self.job_runner,
            clock,
            self.settings.max_batch_count,
        )

    def _collection(self, workflows: WorkflowVersions, clock: Clock) -> Collection:
        return Collection(
            self.storage,
            self.images,
            workflows,
            self.bookkeeping,
            self.announcer,
            self.estimator,
            clock,
            self.board,
        )

    def _dispatcher(
        self, collection: Collection, workflows: WorkflowVersions, pictures: InputImages, clock: Clock
    ) -> Dispatcher:
        times = AttemptTimes(
            reconcile_interval=self.settings.reconcile_interval,
            adoption_grace=self.settings.adoption_grace,
            silent_limit=self.settings.silent_limit,
            give_back_limit=self.settings.answer_timeout / 6,
        )
        runner = AttemptRunner(
            self.storage,
            collection,
            pictures,
            workflows,
            self.bookkeeping,
            self.progress,
            self.announcer,
            clock,
            times,
            self.board,
        )
        return Dispatcher(
            self.board,
            self.planning,
            runner,
            Settlement(self.board, self.supervisor, self.storage, self.announcer, clock),
            self.supervisor,
            self.storage,
            self.announcer,
            self.live,
            self.progress,
            clock,
        )

    def hub(self, fleet: Fleet, loops: Loops) -> Hub:
        return Hub(
            storage=self.storage,
            sessions=self.sessions,
            generations=self.generations,
            queue=self.queue,
            images=self.images,
            gallery=self.gallery,
            artifacts=self.artifacts,
            catalog=self.catalog,
            models=self.models,
            importer=WorkflowImporter(self.catalog, self.settings.workflow_folders, self.settings.own_workflows),
            supervisor=self.supervisor,
            drains=self.drains,
            board=self.board,
            forecast=self.forecast,
            estimator=self.estimator,
            flows=self.flows,
            jobs=self.jobs,
            job_feed=self.job_feed,
            job_progress=self.job_runner.progress_of,
            heartbeat_seconds=self.settings.event_heartbeat,
            live=self.live,
            tickets=Tickets(),
            wrong_keys=WrongKeys(),
            key_required=self.settings.api_key is not None,
            stop_claiming=self.dispatcher.stop_claiming,
            stopping=lambda: self.dispatcher.stopping,
            sweep=self.healing.sweep,
            fleet_problems=lambda: fleet.problems,
            problems=lambda: self._problems(loops),
            vital_problem=lambda: loops.broken,
        )

    def _problems(self, loops: Loops) -> list[str]:
        """What is broken in the hub itself, in words."""
        planning = [self.planning.problem] if self.planning.problem else []
        return [*planning, *loops.troubles.sentences, *self.supervisor.troubles.sentences, *self.job_runner.problems]
