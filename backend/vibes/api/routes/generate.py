"""``/api/generate``: ask for pictures."""

from fastapi import APIRouter, Request, Response, status

from vibes.api.http.authentication import Asker
from vibes.api.http.hub import Hub, HubDependency
from vibes.api.http.idempotency import IdempotencyHeader, idempotency_of
from vibes.api.routes.generations import batch_answer
from vibes.api.schemas.estimates import EstimateOut
from vibes.api.schemas.generations import BatchOut, GenerateBatchBody, GenerateBody
from vibes.domain.generation_request import GenerationRequest
from vibes.services.generations.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/generate", tags=["generate"])


@router.post("", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate(
    body: GenerateBody,
    request: Request,
    hub: HubDependency,
    asker: Asker,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """One picture, as a batch of one."""
    idempotency = idempotency_of(idempotency_key, request.url.path, body)
    return await _submit(body.to_request(1, asker.owner), hub, idempotency)


@router.post("/batch", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate_batch(
    body: GenerateBatchBody,
    request: Request,
    hub: HubDependency,
    asker: Asker,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """``count`` pictures over all nodes that can."""
    idempotency = idempotency_of(idempotency_key, request.url.path, body)
    return await _submit(body.to_request(body.count, asker.owner), hub, idempotency)


@router.post("/estimate")
async def estimate(body: GenerateBatchBody, hub: HubDependency, asker: Asker) -> EstimateOut:
    """What this batch would take and where it would run, checked as if it were submitted; nothing is queued."""
    rehearsal = await hub.generations.rehearse(body.to_request(body.count, asker.owner))
    expectation = await hub.forecast.if_submitted(rehearsal.works)
    return EstimateOut.of(expectation, rehearsal.lower_bound_seconds, rehearsal.chosen)


async def _submit(request: GenerationRequest, hub: Hub, key: IdempotencyKey | None) -> Response:
    submission = await hub.generations.submit(request, key)
    accepted = status.HTTP_202_ACCEPTED
    return await batch_answer(hub, submission.batch, submission.generations, accepted, submission.chosen)
