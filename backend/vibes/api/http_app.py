"""The HTTP application: routes, error answers and the security gate around them."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from vibes.api.http.authentication import Authentication
from vibes.api.http.described import DescribedApp
from vibes.api.http.errors import install_error_handlers
from vibes.api.http.security import SecurityGate
from vibes.api.routes import (
    addresses,
    artifacts,
    boards,
    concept,
    costs,
    discovery,
    doctor,
    explore,
    flows,
    gallery,
    generate,
    generations,
    gpus,
    health,
    images,
    imports,
    intents,
    iterate,
    jobs,
    live,
    llm,
    loras,
    metrics,
    models,
    prompts,
    queue,
    recipes,
    rentals,
    replicas,
    retention,
    sessions,
    styles,
    task_types,
    tasks,
    wildcards,
    workflows,
)
from vibes.api.routes.studio import install_studio

_ROUTES = (
    sessions,
    intents,
    iterate,
    concept,
    flows,
    generate,
    explore,
    gallery,
    boards,
    generations,
    images,
    gpus,
    queue,
    costs,
    rentals,
    retention,
    llm,
    doctor,
    discovery,
    loras,
    workflows,
    imports,
    recipes,
    models,
    styles,
    wildcards,
    prompts,
    tasks,
    jobs,
    task_types,
    artifacts,
    health,
    metrics,
    replicas,
    addresses,
    live,
)


def create_http_app(
    *,
    lifespan: Any,
    version: str,
    authentication: Authentication,
    allowed_hosts: Collection[str],
    allowed_origins: Collection[str],
    studio: Path | None = None,
) -> FastAPI:
    """``lifespan`` is an ASGI lifespan that yields `vibes.api.http.given.LifespanState`; ``studio`` its built pages."""
    app = DescribedApp(
        title="Vibes ImGen",
        version=version,
        summary="One image studio out of several unequal ComfyUI machines.",
        lifespan=lifespan,
        docs_url=None,  # its pages would load scripts from elsewhere: see install_studio
        redoc_url=None,
        # its spans and logs could tell prompts; the hub makes its own of each picture
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        # not by include_router, which makes every route anew for each application, with all its validators
        routes=[route for module in _ROUTES for route in module.router.routes],
    )
    install_studio(app, studio)
    _guard(app, authentication, allowed_hosts, allowed_origins)
    return app


def create_partial_app(
    *,
    routes: Sequence[BaseRoute],
    others: ASGIApp,
    authentication: Authentication,
    allowed_hosts: Collection[str],
    allowed_origins: Collection[str],
    studio: Path | None = None,
) -> FastAPI:
    """Answers these routes and the studio's pages; ``others`` answers everything else behind the same gate."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, routes=[*routes])
    install_studio(app, studio)
    app.mount("/", others)
    _guard(app, authentication, allowed_hosts, allowed_origins)
    return app


def _guard(
    app: FastAPI,
    authentication: Authentication,
    allowed_hosts: Collection[str],
    allowed_origins: Collection[str],
) -> None:
    install_error_handlers(app)
    if allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(allowed_origins),
            allow_methods=["*"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "Last-Event-ID",
                "X-API-Key",
            ],
        )
    app.add_middleware(
        SecurityGate,
        authentication=authentication,
        allowed_hosts=allowed_hosts,
        allowed_origins=allowed_origins,
    )
