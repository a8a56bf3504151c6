"""``/api/explore`` and sheets of batches: what lies beside a picture, between two, and all of a batch at once."""

import json

from fastapi import Request, Response, status

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.idempotency import IdempotencyHeader, idempotency_of
from vibes.api.http.routers import api_router
from vibes.api.routes.generate import accepted_answer
from vibes.api.schemas.estimates import EstimateOut
from vibes.api.schemas.explore import (
    AheadBody,
    AheadOut,
    AheadVariationsBody,
    BetweenBody,
    NeighboursBody,
    NeighboursOut,
    Topic,
    body_again,
)
from vibes.api.schemas.generations import BatchOut, GenerationOut
from vibes.domain.ids import BatchId, GenerationId, OwnerId, SessionId
from vibes.services.exploration.drawing_ahead import NEIGHBOURS
from vibes.services.exploration.explorer import Explorer
from vibes.services.exploration.variations import VariationsRequest

router = api_router(prefix="/api", tag="explore")


@router.post("/explore/neighbours")
async def find_neighbours(body: NeighboursBody, explorer: given.Explorer) -> NeighboursOut:
    """What lies beside a picture in one direction, and the request that draws it; nothing is drawn by this."""
    found = await explorer.neighbours(GenerationId(body.generation_id), body.direction)
    return NeighboursOut.of(body.generation_id, body.direction, found)


@router.post("/generate/between", status_code=status.HTTP_202_ACCEPTED, response_model=BatchOut)
async def generate_between(
    body: BetweenBody,
    request: Request,
    explorer: given.Explorer,
    views: given.Views,
    asker: Asker,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """One batch of pictures whose settings lead from one picture to another: numbers evenly, choices at the middle,
    wordings by weights where the family heeds them."""
    idempotency = idempotency_of(idempotency_key, request.url.path, body)
    submission = await explorer.variations.submit(await _between(body, explorer, asker.owner), idempotency)
    return await accepted_answer(submission, views)


@router.post("/generate/between/estimate")
async def estimate_between(
    body: BetweenBody, explorer: given.Explorer, views: given.Views, asker: Asker
) -> EstimateOut:
    """What these pictures would take and cost, and where they would run; nothing is queued."""
    rehearsal = await explorer.variations.rehearse(await _between(body, explorer, asker.owner))
    ways = await views.both_ways(rehearsal.works)
    return EstimateOut.of(ways, rehearsal.lower_bound_seconds, rehearsal.chosen)


@router.post("/explore/ahead", status_code=status.HTTP_202_ACCEPTED)
async def draw_ahead(body: AheadBody, ahead: given.Ahead, asker: Asker) -> AheadOut:
    """Draws the neighbours of a picture on nodes that nobody else wants at the moment, up to a budget of pictures,
    instead of what was drawn ahead for the session before. Whoever asks for anything goes first. Ends by itself when
    nobody has watched the session, nor asked about this, for a minute."""
    return AheadOut.of(await ahead.begin(body.asked(asker.owner)))


@router.get("/explore/ahead/{session_id}")
async def get_ahead(session_id: str, ahead: given.Ahead, topic: Topic | None = None) -> AheadOut:
    """How the neighbours stand or, with a topic, what is drawn ahead for that."""
    return AheadOut.of(ahead.state(SessionId(session_id), topic or NEIGHBOURS))


@router.post("/explore/ahead/{session_id}/variations", status_code=status.HTTP_202_ACCEPTED)
async def draw_variations_ahead(
    session_id: str, body: AheadVariationsBody, ahead: given.Ahead, asker: Asker
) -> AheadOut:
    """Draws any pictures in the same way, instead of what was drawn ahead for the same topic. They are judged as by
    `/api/generate/variations`."""
    return AheadOut.of(await ahead.begin_pictures(body.asked(SessionId(session_id), asker.owner)))


@router.delete("/explore/ahead/{session_id}")
async def stop_ahead(session_id: str, ahead: given.Ahead, topic: Topic | None = None) -> AheadOut:
    """Draws nothing more ahead for the session or, with a topic, for that, and cancels what is being drawn; finished
    pictures stay."""
    return AheadOut.of(await ahead.stop(SessionId(session_id), topic))


@router.post("/generations/{generation_id}/promote")
async def promote_generation(generation_id: str, ahead: given.Ahead, views: given.Views) -> GenerationOut:
    """A picture that is drawn ahead was chosen: it gives way to nothing any more, and goes before all others where it
    has to be begun again. Any other picture stays as it is."""
    generation = await ahead.promote(GenerationId(generation_id))
    return GenerationOut.of(generation, views.prospect(generation))


@router.get("/batches/{batch_id}/sheet.png", response_class=Response)
async def get_sheet(batch_id: str, sheets: given.Sheets) -> Response:
    """All pictures of a batch as one labelled PNG; what is missing is said in its place."""
    png = await sheets.png(BatchId(batch_id))
    headers = {"Cache-Control": "no-store", "Content-Disposition": _file_name(batch_id, "png")}
    return Response(png, media_type="image/png", headers=headers)


@router.get("/batches/{batch_id}/sheet.json", response_class=Response)
async def get_sheet_request(batch_id: str, sheets: given.Sheets) -> Response:
    """The body for `/api/generate/variations` that draws the same pictures again."""
    body = body_again(await sheets.drawn_again(BatchId(batch_id)))
    headers = {"Content-Disposition": _file_name(batch_id, "json")}
    return Response(json.dumps(body, indent=2), media_type="application/json", headers=headers)


async def _between(body: BetweenBody, explorer: Explorer, owner: OwnerId | None) -> VariationsRequest:
    found = await explorer.between(GenerationId(body.from_), GenerationId(body.to), body.steps, body.seeds)
    return body.completed(found, owner)


def _file_name(batch_id: str, suffix: str) -> str:
    return f'inline; filename="sheet-{BatchId(batch_id)[:8]}.{suffix}"'
