"""What a replica that does not lead answers by itself: pictures, the studio's pages, and how it stands."""

from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vibes.api.http.authentication import Authentication
from vibes.api.http.problems import problem_response
from vibes.api.http_app import create_partial_app
from vibes.api.routes import health, images, replicas
from vibes.domain.errors import NotFound
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId
from vibes.domain.replicas.place import OwnPlace
from vibes.environment.settings import Settings
from vibes.environment.shipped import built_studio
from vibes.ports.replicas import Replicas
from vibes.ports.storage import GenerationRepository, Storage
from vibes.services.media.image_store import ImageStore


class _Rows:
    """What the routes of pictures want to know of generations."""

    def __init__(self, generations: GenerationRepository) -> None:
        self._generations = generations

    async def get(self, generation_id: GenerationId) -> Generation:
        generation = await self._generations.get(generation_id)
        if generation is None:
            raise NotFound(f"there is no generation {generation_id}", code="unknown_generation")
        return generation


def following_app(
    settings: Settings, authentication: Authentication, state: dict[str, Any], others: ASGIApp
) -> ASGIApp:
    """``state``: what its routes may use, see `following_state`. ``others`` answers all other requests."""
    app = create_partial_app(
        routes=_routes(),
        others=others,
        authentication=authentication,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        studio=built_studio(),
    )

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    return with_state


def following_state(storage: Storage, images: ImageStore, others: Replicas) -> dict[str, Any]:
    return {"generations": _Rows(storage.generations), "images": images, "replicas": others, "storage": storage}


def _routes() -> list[BaseRoute]:
    alive = [each for each in health.router.routes if getattr(each, "path", "") == "/healthz"]
    own = [Route("/readyz", _readyz), Route("/metrics", _metrics)]
    return [*images.router.routes, *replicas.router.routes, *alive, *own]


async def _readyz(request: Request) -> Response:
    """It can reach the database, and knows who leads; whether nodes take work is for that one to tell."""
    place = _place(request)
    if place.stopping:
        return problem_response(503, "stopping", "this hub is about to end; another one goes on")
    await request.state.storage.ping()
    if place.lease is None:
        return problem_response(503, "no_leader", "no hub leads at present; requests wait for the next one")
    return Response('{"status":"ok","problems":[]}', media_type="application/json")


async def _metrics(request: Request) -> Response:
    """Of this process alone: what is true of the work is told by the hub that leads."""
    registry = CollectorRegistry()
    place = _place(request)
    Gauge("vibes_replica_leads", "1 where this hub leads.", registry=registry).set(place.leads)
    epoch = Gauge("vibes_replica_epoch", "The epoch of whoever leads; 0: nobody does.", registry=registry)
    epoch.set(place.lease.epoch if place.lease else 0)
    broker = Gauge("vibes_replica_broker", "1 for the state of the broker.", ["state"], registry=registry)
    broker.labels(place.broker).set(1)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _place(request: Request) -> OwnPlace:
    place: OwnPlace | None = request.state.replicas.place
    if place is None:
        raise ValueError("a replica has a place among others")
    return place
