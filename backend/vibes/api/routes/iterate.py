"""``/api/iterate``: what should change, as a plan for the next pictures."""

from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.refinement import ApplyChangesRequest, IterationPlanOut, IterationRequest, RefinementOut
from vibes.api.streams.refinement_stream import refinement_stream
from vibes.domain.ids import SessionId

router = api_router(prefix="/api/iterate", tag="refinement")

EVENT_STREAM = "text/event-stream"
_STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The plan; for `Accept: text/event-stream` the events `stage` (`{stage}`), `rationale` "
        "(`{text, anew}`, as it is written) and at last `plan`, or `problem`.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


@router.post("/refine-prompt", response_model=IterationPlanOut, responses=_STREAMED)
async def refine_prompt(body: IterationRequest, request: Request, refinements: given.Refinements) -> Any:
    """A new prompt out of feedback, to be seen before it is used. It always answers: where no model does, by rules."""
    wanted = body.to_request()
    if EVENT_STREAM not in request.headers.get("accept", ""):
        return IterationPlanOut.of(await refinements.plan(wanted))
    await refinements.intent(SessionId(body.session_id))  # an unknown session is refused before anything is streamed
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(refinement_stream(refinements, wanted), media_type=EVENT_STREAM, headers=headers)


@router.post("/apply-changes")
async def apply_changes(body: ApplyChangesRequest, refinements: given.Refinements) -> IterationPlanOut:
    """The plan again with other operations, by code alone, as when a person switches one off."""
    return IterationPlanOut.of(await refinements.apply(body.to_chosen()))


@router.get("/{iteration_id}")
async def get_refinement(iteration_id: str, refinements: given.Refinements) -> RefinementOut:
    """The plan as it was suggested, with what each model said word for word."""
    return RefinementOut.of(await refinements.record(iteration_id))
