"""``/api/sessions/{id}/intent``: all that was asked of a session's pictures."""

from typing import Annotated

from fastapi import Header, Response

from vibes.api.http import given
from vibes.api.http.entity_tags import made_from, tag_of, version_in
from vibes.api.http.routers import api_router
from vibes.api.schemas.refinement import IntentBody, IntentOut, RefinementList, RefinementOut
from vibes.domain.ids import SessionId

router = api_router(prefix="/api/sessions", tag="refinement")

IfMatch = Annotated[str | None, Header(description=made_from("intent_changed"))]


@router.get("/{session_id}/intent")
async def get_intent(session_id: str, refinements: given.Refinements, response: Response) -> IntentOut:
    """What was kept, removed and asked for. Its ETag is its version."""
    intent = await refinements.intent(SessionId(session_id))
    response.headers["ETag"] = tag_of(intent.version)
    return IntentOut.of(intent)


@router.put("/{session_id}/intent")
async def put_intent(
    session_id: str, body: IntentBody, refinements: given.Refinements, response: Response, if_match: IfMatch = None
) -> IntentOut:
    """Replaces all wishes, as when a person takes one back."""
    wishes = [each.to_wish() for each in body.wishes]
    intent = await refinements.set_intent(SessionId(session_id), wishes, seen=version_in(if_match))
    response.headers["ETag"] = tag_of(intent.version)
    return IntentOut.of(intent)


@router.get("/{session_id}/refinements")
async def list_refinements(session_id: str, refinements: given.Refinements) -> RefinementList:
    """Newest first, at most a hundred."""
    found = await refinements.of_session(SessionId(session_id))
    return RefinementList(refinements=[RefinementOut.of(each) for each in found])
