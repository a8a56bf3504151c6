"""``/api/generate``: ask for pictures."""

from fastapi import Request, Response, status

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.idempotency import IdempotencyHeader, idempotency_of
from vibes.api.http.routers import api_router
from vibes.api.routes.generations import batch_answer
from vibes.api.schemas.estimates import EstimateOut
from vibes.api.schemas.generate import GenerateBatchBody, GenerateBody
from vibes.api.schemas.generations import BatchOut
from vibes.api.schemas.variations import VariationsBody
from vibes.services.generations.service import Submission
from vibes.services.queue.views import QueueViews

router = api_router(prefix="/api/generate", tag="generate")


@router.post("", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate(
    body: GenerateBody,
    request: Request,
    generations: given.Generations,
    views: given.Views,
    asker: Asker,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """One picture, as a batch of one."""
    idempotency = idempotency_of(idempotency_key, request.url.path, body)
    submission = await generations.submit(body.to_request(1, asker.owner), idempotency)
    return await accepted_answer(submission, views)


@router.post("/batch", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate_batch(
    body: GenerateBatchBody,
    request: Request,
    generations: given.Generations,
    views: given.Views,
    asker: Asker,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """``count`` pictures over all nodes that can."""
    idempotency = idempotency_of(idempotency_key, request.url.path, body)
    submission = await generations.submit(body.to_request(body.count, asker.owner), idempotency)
    return await accepted_answer(submission, views)


@router.post("/estimate")
async def estimate(
    body: GenerateBatchBody, generations: given.Generations, views: given.Views, asker: Asker
) -> EstimateOut:
    """What this batch would take and cost, and where it would run, with money and without, checked as if it were
    submitted; nothing is queued."""
    rehearsal = await generations.rehearse(body.to_request(body.count, asker.owner))
    ways = await views.both_ways(rehearsal.works)
    return EstimateOut.of(ways, rehearsal.lower_bound_seconds, rehearsal.chosen)


@router.post("/variations", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate_variations(
    body: VariationsBody,
    request: Request,
    variations: given.Variations,
    views: given.Views,
    asker: Asker,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """One batch of pictures that differ from one another as told: by a list, or by the axes of a grid, whose pictures
    are drawn from the centre outwards. Without a seed all get one and the same."""
    idempotency = idempotency_of(idempotency_key, request.url.path, body)
    submission = await variations.submit(body.to_variations(asker.owner), idempotency)
    return await accepted_answer(submission, views)


@router.post("/variations/estimate")
async def estimate_variations(
    body: VariationsBody, variations: given.Variations, views: given.Views, asker: Asker
) -> EstimateOut:
    """What these variations would take and cost, and where they would run; nothing is queued."""
    rehearsal = await variations.rehearse(body.to_variations(asker.owner))
    ways = await views.both_ways(rehearsal.works)
    return EstimateOut.of(ways, rehearsal.lower_bound_seconds, rehearsal.chosen)


async def accepted_answer(submission: Submission, views: QueueViews) -> Response:
    """202 with the batch."""
    accepted = status.HTTP_202_ACCEPTED
    return await batch_answer(views, submission.batch, submission.generations, accepted, submission.chosen)
