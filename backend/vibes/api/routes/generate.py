"""``/api/generate``: ask for pictures."""

from fastapi import APIRouter, Request, Response, status

from vibes.api.http.hub import Hub, HubDependency
from vibes.api.http.idempotency import IdempotencyHeader, idempotency_of
from vibes.api.routes.generations import batch_answer
from vibes.api.schemas.estimates import EstimateOut
from vibes.api.schemas.generations import BatchOut, GenerateBatchBody, GenerateBody

router = APIRouter(prefix="/api/generate", tags=["generate"])


@router.post("", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate(
    body: GenerateBody, request: Request, hub: HubDependency, idempotency_key: IdempotencyHeader = None
) -> Response:
    """One picture, as a batch of one."""
    return await _submit(body, 1, request, hub, idempotency_key)


@router.post("/batch", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate_batch(
    body: GenerateBatchBody, request: Request, hub: HubDependency, idempotency_key: IdempotencyHeader = None
) -> Response:
    """``count`` pictures over all nodes that can."""
    return await _submit(body, body.count, request, hub, idempotency_key)


@router.post("/estimate")
async def estimate(body: GenerateBatchBody, hub: HubDependency) -> EstimateOut:
    """What this batch would take and where it would run, checked as if it were submitted; nothing is queued."""
    rehearsal = await hub.generations.rehearse(body.to_request(body.count))
    expectation = await hub.forecast.if_submitted(rehearsal.works)
    return EstimateOut.of(expectation, rehearsal.lower_bound_seconds, rehearsal.chosen)


async def _submit(body: GenerateBody, count: int, request: Request, hub: Hub, idempotency_key: str | None) -> Response:
    idempotency = idempotency_of(idempotency_key, request.url.path, body)
    submission = await hub.generations.submit(body.to_request(count), idempotency)
    accepted = status.HTTP_202_ACCEPTED
    return await batch_answer(hub, submission.batch, submission.generations, accepted, submission.chosen)
