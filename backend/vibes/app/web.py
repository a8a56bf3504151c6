"""The hub as a web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from vibes.api.http.given import LifespanState
from vibes.api.http_app import create_http_app
from vibes.app.hub import Hub
from vibes.environment.settings import Settings
from vibes.environment.shipped import built_studio


def create_app(settings: Settings, hub: Hub) -> FastAPI:
    """The running hub as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[LifespanState]:
        yield lifespan_state(settings, hub)

    app = create_http_app(
        lifespan=lifespan,
        version=version("vibes-imgen"),
        authentication=hub.authentication,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        studio=built_studio(),
    )
    if settings.root_path:  # for whoever sends requests as the description says
        app.servers = [{"url": settings.root_path}]
    return app


def lifespan_state(settings: Settings, hub: Hub) -> LifespanState:
    """The services that the routes may use."""
    return LifespanState(
        ahead=hub.ahead,
        artifacts=hub.artifacts,
        authentication=hub.authentication,
        chat=hub.chat,
        concept=hub.concept,
        completion=hub.completion,
        discovery=hub.discovery,
        doctor=hub.doctor,
        costs=hub.costs,
        cost_report=hub.cost_report,
        explorer=hub.explorer,
        fitness=hub.fitness,
        fleet=hub.fleet,
        flows=hub.flows,
        gallery=hub.gallery,
        boards=hub.boards,
        keeping=hub.keeping,
        generations=hub.generations,
        health=hub.health,
        heartbeat_seconds=settings.event_heartbeat,
        images=hub.images,
        importer=hub.importer,
        job_feed=hub.job_feed,
        jobs=hub.jobs,
        listens_on=f"{'https' if settings.tls_cert else 'http'}://{settings.host}",
        live=hub.live,
        loras=hub.loras,
        models=hub.models,
        observation=hub.observation,
        past_prompts=hub.storage.prompts,
        public_url=settings.public_url,
        queue=hub.queue,
        recipes=hub.recipes,
        refinements=hub.refinements,
        rentals=hub.rentals,
        replicas=hub.replicas,
        sessions=hub.sessions,
        sheets=hub.sheets,
        styles=hub.styles,
        uploads=hub.uploads,
        variations=hub.variations,
        views=hub.views,
        wildcards=hub.wildcards,
        workflows=hub.catalog,
    )
