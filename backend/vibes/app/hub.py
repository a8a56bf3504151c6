"""Starts the hub and takes it down again; only the command line imports this."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from vibes.api.http.authentication import Authentication, SharedKey
from vibes.app.base import FOR_EVER, Base, Tenure
from vibes.app.doctor.service import hub_doctor
from vibes.app.ground import Ground, open_ground
from vibes.app.house import House, build_house
from vibes.app.observation.tracing import span_sink, trace
from vibes.environment.settings import Settings
from vibes.environment.tracing_settings import TracingSettings
from vibes.ports.clock import Clock
from vibes.ports.kinds import NodeKinds
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.ports.replicas import Replicas
from vibes.ports.storage import Storage
from vibes.scheduling.estimator import Estimator
from vibes.services.chat.service import ChatService
from vibes.services.concept.service import ConceptService
from vibes.services.discovery.service import Discovery
from vibes.services.doctor.service import Doctor
from vibes.services.events.job_feed import JobFeed
from vibes.services.events.live_events import LiveEvents
from vibes.services.exploration.drawing_ahead import DrawingAhead
from vibes.services.exploration.explorer import Explorer
from vibes.services.exploration.sheets import Sheets
from vibes.services.exploration.variations import Variations
from vibes.services.fleet.rentals import RentalService
from vibes.services.fleet.service import FleetService
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.generations.cost_report import CostReport
from vibes.services.generations.costs import CostService
from vibes.services.generations.fleet_fitness import FleetFitness
from vibes.services.generations.flows import FunnelFlows
from vibes.services.generations.materials import Materials
from vibes.services.generations.model_overview import ModelService
from vibes.services.generations.queue_service import QueueService
from vibes.services.generations.recipes import Recipes
from vibes.services.generations.service import GenerationService
from vibes.services.jobs.service import JobService
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.imports import WorkflowImporter
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.media.image_store import ImageStore
from vibes.services.media.uploads import Uploads
from vibes.services.observation.standing import Observation
from vibes.services.prompting.completion import CompletionService
from vibes.services.prompting.loras import LoraService
from vibes.services.prompting.styles import StyleService
from vibes.services.prompting.wildcard_folder import WildcardFolder
from vibes.services.queue.board import Board
from vibes.services.queue.forecast import Forecast
from vibes.services.queue.views import QueueViews
from vibes.services.refinement.service import RefinementService
from vibes.services.runtime.clock import SystemClock
from vibes.services.runtime.hub_health import HubHealth
from vibes.services.runtime.loop import Loops, running_loops
from vibes.services.runtime.settled_heap import SettledHeap
from vibes.services.sessions.boards import BoardService
from vibes.services.sessions.gallery import Gallery
from vibes.services.sessions.keeping import Keeping
from vibes.services.sessions.service import SessionService


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A running hub, for whoever runs it: the web application, the command line, and tests that look inside."""

    ahead: DrawingAhead
    artifacts: ArtifactStore
    authentication: Authentication
    board: Board
    catalog: WorkflowCatalog
    chat: ChatService
    concept: ConceptService
    completion: CompletionService
    discovery: Discovery
    doctor: Doctor
    costs: CostService
    cost_report: CostReport
    estimator: Estimator
    explorer: Explorer
    fitness: FleetFitness
    fleet: FleetService
    flows: FunnelFlows
    forecast: Forecast
    gallery: Gallery
    boards: BoardService
    keeping: Keeping
    generations: GenerationService
    health: HubHealth
    images: ImageStore
    importer: WorkflowImporter
    job_feed: JobFeed
    jobs: JobService
    live: LiveEvents
    loras: LoraService
    materials: Materials
    models: ModelService
    observation: Observation
    queue: QueueService
    recipes: Recipes
    refinements: RefinementService
    rentals: RentalService
    replicas: Replicas
    sessions: SessionService
    sheets: Sheets
    styles: StyleService
    stop_claiming: Callable[[], None]
    """The hub is about to end: start nothing new."""
    storage: Storage
    supervisor: NodeSupervisor
    sweep: Callable[[], Awaitable[None]]
    """Look for what was left behind, as the hub does every few seconds."""
    uploads: Uploads
    variations: Variations
    views: QueueViews
    wildcards: WildcardFolder


@asynccontextmanager
async def running_hub(
    settings: Settings,
    node_factory: GeneratorNodeFactory | None = None,
    clock: Clock | None = None,
    kinds: NodeKinds | None = None,
    tenure: Tenure = FOR_EVER,
) -> AsyncIterator[Hub]:
    """Open in the order of dependencies, recover before the first dispatch, close in the reverse order.

    ``kinds``: what may drive a node; default: all that are registered. ``node_factory`` drives every node instead,
    whatever its kind. ``clock``: default the system's. ``tenure``: default alone on its database.
    """
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(
            open_ground(settings, clock or SystemClock(), node_factory, kinds, tenure)
        )
        house = build_house(ground)
        ground.fleet.supervisor.subscribe(house.execution.node_news)
        ground.fleet.supervisor.subscribe(house.execution.handing_back)
        traces = TracingSettings()
        if (sink := span_sink(traces)) is not None:
            stack.push_async_callback(sink.close)
            trace(ground.base, house.queue, house.execution, sink, prompts=traces.tracing_prompts)
        await _take_up_what_was_left(house)
        stack.callback(house.queue.forecast.stop)
        stack.push_async_callback(house.execution.dispatcher.stop)
        stack.push_async_callback(house.chat.close)
        loops = await stack.enter_async_context(running_loops())
        _start(house, loops)
        health = _health(house, loops)
        doctor = hub_doctor(house, health)
        stack.push_async_callback(doctor.close)
        yield _hub(house, health, doctor)


async def _take_up_what_was_left(house: House) -> None:
    """Take up the work of an earlier hub, before anything new is begun."""
    await house.generations.models.load()
    await house.ground.fleet.fleet.load_drains()
    await house.ground.fleet.config.load()
    await house.chat.file.load()
    await house.maintenance.recovery.run()


def _start(house: House, loops: Loops) -> None:
    """Start everything that runs until the hub ends."""
    ground, maintenance = house.ground, house.maintenance
    loops.start("dispatcher", house.execution.dispatcher.run, vital=True)
    loops.start("handing back", house.execution.handing_back.run)
    if ground.base.settings.warm_up:
        ground.base.live.overhear(maintenance.warm_up.overhear)
        loops.start("warm-up", maintenance.warm_up.run)
    loops.start("bookkeeping", house.execution.progress_writer.run)
    if gc.get_freeze_count() == 0:  # else somebody else has frozen it, who wants it back as it was
        loops.start("heap", SettledHeap(lambda: house.queue.board.waiting, ground.base.clock).follow)
    loops.start("queue", maintenance.queue_reader.follow, vital=True)
    loops.start("healing", maintenance.healing.follow)
    loops.start("gpus.yaml", ground.fleet.config.follow)
    if ground.fleet.kinds.can_join:
        loops.start("workers", ground.fleet.config.follow_joined)
    loops.start("llm.yaml", house.chat.file.follow)
    loops.start("rentals", ground.fleet.rentals.run)
    if ground.media.place.guard is not None:
        loops.start("media", ground.media.place.guard.follow)
    loops.start("workflows", ground.library.catalog.follow)
    loops.start("retention", maintenance.retention.run)
    ground.base.live.overhear(house.generations.ahead.overhear)
    loops.start("drawing ahead", house.generations.ahead.run)
    ground.base.live.overhear(house.jobs.runner.overhear)
    loops.start("jobs", house.jobs.runner.run)
    loops.start("loop lag", house.observation.loop_lag.follow)


def _hub(house: House, health: HubHealth, doctor: Doctor) -> Hub:
    ground, queue, generations = house.ground, house.queue, house.generations
    base, media, dispatcher = ground.base, ground.media, house.execution.dispatcher
    return Hub(
        ahead=generations.ahead,
        artifacts=media.artifacts,
        authentication=_authentication(base),
        board=queue.board,
        catalog=ground.library.catalog,
        chat=house.chat,
        concept=house.concept,
        completion=house.prompting.completion,
        discovery=ground.fleet.discovery,
        doctor=doctor,
        costs=generations.costs,
        cost_report=generations.cost_report,
        estimator=queue.estimator,
        explorer=generations.explorer,
        fitness=generations.fitness,
        fleet=ground.fleet.fleet,
        flows=generations.flows,
        forecast=queue.forecast,
        gallery=house.sessions.gallery,
        boards=house.sessions.boards,
        keeping=house.sessions.keeping,
        generations=generations.generations,
        health=health,
        images=media.images,
        importer=_importer(ground),
        job_feed=house.jobs.feed,
        jobs=house.jobs.jobs,
        live=base.live,
        loras=house.prompting.loras,
        materials=generations.materials,
        models=generations.overview,
        observation=house.observation.observation,
        queue=generations.queue,
        recipes=generations.recipes,
        refinements=house.refinement.refinements,
        rentals=ground.fleet.rentals,
        replicas=base.tenure.replicas,
        sessions=house.sessions.sessions,
        sheets=generations.sheets,
        styles=house.prompting.styles,
        stop_claiming=dispatcher.stop_claiming,
        storage=base.storage,
        supervisor=ground.fleet.supervisor,
        sweep=house.maintenance.healing.sweep,
        uploads=media.uploads,
        variations=generations.variations,
        views=queue.views,
        wildcards=house.prompting.wildcards,
    )


def _authentication(base: Base) -> Authentication:
    if base.tenure.authentication is not None:
        return base.tenure.authentication
    key = base.settings.api_key
    return Authentication(SharedKey(key.get_secret_value()) if key else None, base.clock)


def _importer(ground: Ground) -> WorkflowImporter:
    settings, classes = ground.base.settings, ground.fleet.classes
    return WorkflowImporter(ground.library.catalog, settings.workflow_folders, settings.own_workflows, classes)


def _health(house: House, loops: Loops) -> HubHealth:
    dispatcher, planning = house.execution.dispatcher, house.execution.planning
    return HubHealth(
        (
            lambda: [planning.problem] if planning.problem else [],
            lambda: loops.troubles.sentences,
            lambda: house.ground.fleet.supervisor.troubles.sentences,
            lambda: house.jobs.runner.problems,
            lambda: house.ground.fleet.rentals.problems,
            lambda: house.ground.media.place.problems,
        ),
        vital=lambda: loops.broken,
        stopping=lambda: dispatcher.stopping,
        ping=house.ground.base.storage.ping,
    )
