"""``/healthz``, ``/readyz`` and the ticket for places that cannot send the key."""

from typing import Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.problems import problem_response
from vibes.api.http.routers import api_router
from vibes.api.http.tickets import TICKET_SECONDS

router = api_router(tag="health")


class Alive(BaseModel):
    status: str = "ok"
    follows: str | None = Field(None, description="Address of the hub that leads, where this one follows another.")


class Ready(BaseModel):
    status: Literal["ok", "degraded"]
    problems: list[str] = Field(description="What is broken in the hub itself; it goes on, and tries that again.")


class Ticket(BaseModel):
    ticket: str
    expires_in_seconds: int


@router.get("/healthz", response_model=Alive, response_model_exclude_none=True)
async def healthz(replicas: given.Replicas) -> Alive | Response:
    """The process answers. Of several hubs on one database 503 as soon as it is about to end, so that what balances
    requests sends it none."""
    place = replicas.place
    if place is None or (place.leads and not place.stopping):
        return Alive(follows=None)
    if place.stopping:
        return problem_response(503, "stopping", "this hub is about to end; another one goes on")
    return Alive(follows=place.lease.address if place.lease else None)


@router.get("/readyz", response_model=Ready)
async def readyz(health: given.Health, fleet: given.Fleet) -> Ready | Response:
    """The database answers, at least one node takes work and the hub is not about to end; 503 otherwise.

    ``degraded`` is ready: pictures are drawn, and something beside that rests until it is tried again.
    """
    if health.stopping:
        return problem_response(503, "stopping", "the hub is about to end and starts nothing new")
    await health.check_database()
    nodes = fleet.nodes()
    if not any(node.state.takes_work for node in nodes):
        states = ", ".join(f"{node.id} is {node.state}" for node in nodes)
        return problem_response(503, "no_node", f"no node takes work: {states or 'gpus.yaml lists none'}")
    vital = health.vital_problem
    if vital is not None:
        return problem_response(503, "broken", f"no work goes on: {vital}")
    problems = health.problems()
    return Ready(status="degraded" if problems else "ok", problems=problems)


@router.post("/api/ticket")
async def issue_ticket(authentication: given.Authentication, asker: Asker) -> Ticket:
    """A stand-in for the key in a URL, ``?ticket=…``, for the WebSocket and for images."""
    return Ticket(ticket=authentication.tickets.issue(asker), expires_in_seconds=TICKET_SECONDS)
