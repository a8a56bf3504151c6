"""The room of requests: pictures, what there is for them, and control of the queue."""

from dataclasses import dataclass

from vibes.app.execution import ExecutionRoom
from vibes.app.ground import Ground
from vibes.app.prompting import PromptingRoom
from vibes.app.queue import QueueRoom
from vibes.app.sessions import SessionsRoom
from vibes.services.exploration.drawing_ahead import DrawingAhead
from vibes.services.exploration.explorer import Explorer
from vibes.services.exploration.sheets import Sheets
from vibes.services.exploration.variations import Variations
from vibes.services.generations.cancellation import Cancellation
from vibes.services.generations.cost_report import CostReport
from vibes.services.generations.costs import CostService
from vibes.services.generations.fleet_fitness import FleetFitness
from vibes.services.generations.flows import FunnelFlows
from vibes.services.generations.materials import Materials
from vibes.services.generations.model_overview import ModelService
from vibes.services.generations.models import FleetModels
from vibes.services.generations.queue_service import QueueService
from vibes.services.generations.recipes import Recipes
from vibes.services.generations.resolver import RequestResolver
from vibes.services.generations.service import GenerationService
from vibes.services.sessions.flow_file import read_flows


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationsRoom:
    models: FleetModels
    overview: ModelService
    flows: FunnelFlows
    fitness: FleetFitness
    materials: Materials
    resolver: RequestResolver
    generations: GenerationService
    queue: QueueService
    recipes: Recipes
    ahead: DrawingAhead
    explorer: Explorer
    sheets: Sheets
    variations: Variations
    costs: CostService
    cost_report: CostReport


def generations_room(
    ground: Ground, queue: QueueRoom, sessions: SessionsRoom, execution: ExecutionRoom, prompting: PromptingRoom
) -> GenerationsRoom:
    base, board, announcer, dispatcher = ground.base, queue.board, queue.announcer, execution.dispatcher
    storage, clock = base.storage, base.clock
    catalog = ground.library.catalog
    models = FleetModels(storage, ground.fleet.supervisor)
    materials = Materials(ground.library.versions, models, ground.media.inputs, prompting.wording)
    resolver = RequestResolver(storage, sessions.sessions, materials, board, clock, base.settings.max_batch_count)
    cancellation = Cancellation(storage, board, announcer, clock, dispatcher.cancel)
    generations = GenerationService(storage, resolver, materials, board, announcer, cancellation)
    variations = Variations(generations)
    explorer = Explorer(storage, models, variations)
    return GenerationsRoom(
        models=models,
        overview=ModelService(models, catalog, storage),
        flows=FunnelFlows(read_flows(base.settings.flows_file), models, catalog),
        fitness=FleetFitness(board, models, catalog),
        materials=materials,
        resolver=resolver,
        generations=generations,
        ahead=DrawingAhead(generations, explorer, board, base.live, clock),
        explorer=explorer,
        sheets=Sheets(generations, ground.media.images),
        variations=variations,
        recipes=Recipes(models, catalog, ground.fleet.classes, prompting.loras, ground.media.decoding),
        costs=CostService(storage, generations, materials, queue.spending, execution.paid_answers.find_out, clock),
        cost_report=CostReport(storage.spendings, ground.fleet.rentals, clock),
        queue=QueueService(storage, board, generations, base.live, clock, dispatcher.take_back_what_waits),
    )
