"""The hub as a web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from vibes.api.http.hub import Hub, LifespanState
from vibes.api.http_app import create_http_app
from vibes.environment.settings import Settings
from vibes.environment.shipped import built_studio


def create_app(settings: Settings, hub: Hub) -> FastAPI:
    """The running hub as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[LifespanState]:
        yield {"hub": hub}

    return create_http_app(
        lifespan=lifespan,
        version=version("vibes-imgen"),
        authentication=hub.authentication,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        studio=built_studio(),
    )
