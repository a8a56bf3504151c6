"""The services that routes may use: one dependency for each, provided by the lifespan's state."""

from typing import Annotated, Any, TypedDict

from fastapi import Depends
from starlette.requests import HTTPConnection

from vibes.api.http import authentication
from vibes.ports import replicas
from vibes.ports.prompts import PromptRepository
from vibes.services.chat import service as chat
from vibes.services.concept import service as concept
from vibes.services.discovery import service as discovery
from vibes.services.doctor import service as doctor
from vibes.services.events import job_feed, live_events
from vibes.services.exploration import drawing_ahead, explorer, sheets, variations
from vibes.services.fleet import rentals
from vibes.services.fleet import service as fleet
from vibes.services.generations import cost_report, costs, fleet_fitness, flows, model_overview, queue_service, recipes
from vibes.services.generations import service as generations
from vibes.services.jobs import service as jobs
from vibes.services.library import catalog, imports
from vibes.services.media import artifact_store, image_store, uploads
from vibes.services.observation import standing
from vibes.services.prompting import completion, loras, styles, wildcard_folder
from vibes.services.queue import views
from vibes.services.refinement import service as refinement
from vibes.services.runtime import hub_health
from vibes.services.sessions import boards, gallery, keeping
from vibes.services.sessions import service as sessions


class LifespanState(TypedDict):
    """What the lifespan of the application yields."""

    ahead: drawing_ahead.DrawingAhead
    artifacts: artifact_store.ArtifactStore
    boards: boards.BoardService
    keeping: keeping.Keeping
    chat: chat.ChatService
    concept: concept.ConceptService
    completion: completion.CompletionService
    discovery: discovery.Discovery
    doctor: doctor.Doctor
    costs: costs.CostService
    cost_report: cost_report.CostReport
    authentication: authentication.Authentication
    explorer: explorer.Explorer
    fitness: fleet_fitness.FleetFitness
    fleet: fleet.FleetService
    flows: flows.FunnelFlows
    gallery: gallery.Gallery
    generations: generations.GenerationService
    health: hub_health.HubHealth
    heartbeat_seconds: float
    """Interval of signs of life in quiet event streams."""
    images: image_store.ImageStore
    importer: imports.WorkflowImporter
    job_feed: job_feed.JobFeed
    jobs: jobs.JobService
    public_url: str | None
    """Of the settings."""
    listens_on: str
    """Scheme and host of the settings: ``https://0.0.0.0``."""
    live: live_events.LiveEvents
    loras: loras.LoraService
    models: model_overview.ModelService
    observation: standing.Observation
    past_prompts: PromptRepository
    queue: queue_service.QueueService
    recipes: recipes.Recipes
    refinements: refinement.RefinementService
    rentals: rentals.RentalService
    replicas: replicas.Replicas
    sessions: sessions.SessionService
    sheets: sheets.Sheets
    styles: styles.StyleService
    uploads: uploads.Uploads
    variations: variations.Variations
    views: views.QueueViews
    wildcards: wildcard_folder.WildcardFolder
    workflows: catalog.WorkflowCatalog


class Given:
    """Reads one of the state's services. It is async although it waits for nothing: FastAPI runs a plain function in a
    thread, for every request."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, connection: HTTPConnection) -> Any:
        return connection.scope["state"][self.name]


Ahead = Annotated[drawing_ahead.DrawingAhead, Depends(Given("ahead"))]
Artifacts = Annotated[artifact_store.ArtifactStore, Depends(Given("artifacts"))]
Authentication = Annotated[authentication.Authentication, Depends(Given("authentication"))]
Boards = Annotated[boards.BoardService, Depends(Given("boards"))]
Chat = Annotated[chat.ChatService, Depends(Given("chat"))]
Concept = Annotated[concept.ConceptService, Depends(Given("concept"))]
CostReport = Annotated[cost_report.CostReport, Depends(Given("cost_report"))]
Completion = Annotated[completion.CompletionService, Depends(Given("completion"))]
Discovery = Annotated[discovery.Discovery, Depends(Given("discovery"))]
Doctor = Annotated[doctor.Doctor, Depends(Given("doctor"))]
Costs = Annotated[costs.CostService, Depends(Given("costs"))]
Explorer = Annotated[explorer.Explorer, Depends(Given("explorer"))]
Fitness = Annotated[fleet_fitness.FleetFitness, Depends(Given("fitness"))]
Fleet = Annotated[fleet.FleetService, Depends(Given("fleet"))]
Flows = Annotated[flows.FunnelFlows, Depends(Given("flows"))]
Gallery = Annotated[gallery.Gallery, Depends(Given("gallery"))]
Generations = Annotated[generations.GenerationService, Depends(Given("generations"))]
Health = Annotated[hub_health.HubHealth, Depends(Given("health"))]
HeartbeatSeconds = Annotated[float, Depends(Given("heartbeat_seconds"))]
Images = Annotated[image_store.ImageStore, Depends(Given("images"))]
Importer = Annotated[imports.WorkflowImporter, Depends(Given("importer"))]
Jobs = Annotated[jobs.JobService, Depends(Given("jobs"))]
JobFeed = Annotated[job_feed.JobFeed, Depends(Given("job_feed"))]
Keeping = Annotated[keeping.Keeping, Depends(Given("keeping"))]
PublicUrl = Annotated[str | None, Depends(Given("public_url"))]
ListensOn = Annotated[str, Depends(Given("listens_on"))]
Live = Annotated[live_events.LiveEvents, Depends(Given("live"))]
Loras = Annotated[loras.LoraService, Depends(Given("loras"))]
Models = Annotated[model_overview.ModelService, Depends(Given("models"))]
Observation = Annotated[standing.Observation, Depends(Given("observation"))]
PastPrompts = Annotated[PromptRepository, Depends(Given("past_prompts"))]
Queue = Annotated[queue_service.QueueService, Depends(Given("queue"))]
Recipes = Annotated[recipes.Recipes, Depends(Given("recipes"))]
Refinements = Annotated[refinement.RefinementService, Depends(Given("refinements"))]
Rentals = Annotated[rentals.RentalService, Depends(Given("rentals"))]
Replicas = Annotated[replicas.Replicas, Depends(Given("replicas"))]
Sessions = Annotated[sessions.SessionService, Depends(Given("sessions"))]
Sheets = Annotated[sheets.Sheets, Depends(Given("sheets"))]
Styles = Annotated[styles.StyleService, Depends(Given("styles"))]
Uploads = Annotated[uploads.Uploads, Depends(Given("uploads"))]
Variations = Annotated[variations.Variations, Depends(Given("variations"))]
Views = Annotated[views.QueueViews, Depends(Given("views"))]
Wildcards = Annotated[wildcard_folder.WildcardFolder, Depends(Given("wildcards"))]
Workflows = Annotated[catalog.WorkflowCatalog, Depends(Given("workflows"))]
