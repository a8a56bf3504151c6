"""``/healthz``, ``/readyz``, ``/metrics`` and the ticket for places that cannot send the key."""

from typing import Literal

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from pydantic import BaseModel, Field
from starlette.responses import Response

from vibes.api.http.authentication import Asker
from vibes.api.http.hub import HubDependency
from vibes.api.http.problems import problem_response
from vibes.api.http.tickets import TICKET_SECONDS
from vibes.domain.generation import GenerationStatus

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    status: str = "ok"


class Ready(BaseModel):
    status: Literal["ok", "degraded"]
    problems: list[str] = Field(description="What is broken in the hub itself; it goes on, and tries that again.")


class Ticket(BaseModel):
    ticket: str
    expires_in_seconds: int


@router.get("/healthz")
async def healthz() -> Alive:
    """The process answers."""
    return Alive()


@router.get("/readyz", response_model=Ready)
async def readyz(hub: HubDependency) -> Ready | Response:
    """The database answers, at least one node takes work and the hub is not about to end; 503 otherwise.

    ``degraded`` is ready: pictures are drawn, and something beside that rests until it is tried again.
    """
    if hub.stopping():
        return problem_response(503, "stopping", "the hub is about to end and starts nothing new")
    await hub.storage.ping()
    if not any(watch.state.takes_work for watch in hub.supervisor.nodes.values()):
        states = ", ".join(f"{node_id} is {watch.state}" for node_id, watch in hub.supervisor.nodes.items())
        return problem_response(503, "no_node", f"no node takes work: {states or 'gpus.yaml lists none'}")
    vital = hub.vital_problem()
    if vital is not None:
        return problem_response(503, "broken", f"no work goes on: {vital}")
    problems = hub.problems()
    return Ready(status="degraded" if problems else "ok", problems=problems)


@router.post("/api/ticket")
async def issue_ticket(hub: HubDependency, asker: Asker) -> Ticket:
    """A stand-in for the key in a URL, ``?ticket=…``, for the WebSocket and for images."""
    return Ticket(ticket=hub.authentication.tickets.issue(asker), expires_in_seconds=TICKET_SECONDS)


@router.get("/metrics", response_class=Response)
async def metrics(hub: HubDependency) -> Response:
    """Prometheus text format."""
    registry = CollectorRegistry()
    generations = Gauge("vibes_generations", "Generations by status.", ["status"], registry=registry)
    counts = await hub.storage.generations.count_by_status()
    for status in GenerationStatus:
        generations.labels(status).set(counts.get(status, 0))
    up = Gauge("vibes_node_up", "1 when the node takes work.", ["node", "tier"], registry=registry)
    active = Gauge("vibes_node_active_attempts", "Attempts on the node.", ["node"], registry=registry)
    response = Gauge("vibes_node_response_seconds", "Last answer to a health check.", ["node"], registry=registry)
    for node_id, watch in hub.supervisor.nodes.items():
        up.labels(node_id, watch.config.tier).set(watch.state.takes_work)
        active.labels(node_id).set(len(hub.board.on_node(node_id)))
        if watch.vitals is not None:
            response.labels(node_id).set(watch.vitals.response_ms / 1000)
    Gauge("vibes_queue_length", "Generations that wait for a node.", registry=registry).set(hub.board.waiting)
    wrong_keys = Counter("vibes_wrong_keys", "Requests with a wrong API key since the hub started.", registry=registry)
    wrong_keys.inc(hub.authentication.wrong_keys.total)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
