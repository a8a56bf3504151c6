"""``/api/sessions``: the funnel's runs."""

from typing import Annotated

from fastapi import Query, Response, status

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.routers import api_router
from vibes.api.http.slices import json_answer, with_generations, with_list
from vibes.api.schemas.sessions import (
    SessionAdvance,
    SessionChange,
    SessionConfigOut,
    SessionCreate,
    SessionDetailOut,
    SessionList,
    SessionOut,
    SessionPage,
    SessionSummaryOut,
)
from vibes.domain.ids import GenerationId, SessionId
from vibes.services.queue.views import QueueViews
from vibes.services.sessions.service import SessionService

router = api_router(prefix="/api/sessions", tag="sessions")


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_session(body: SessionCreate, sessions: given.Sessions, asker: Asker) -> SessionOut:
    return SessionOut.of(await sessions.create(body.flow_type, body.config, asker.owner))


@router.get("", response_model=SessionList)
async def list_sessions(
    sessions: given.Sessions,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    config: Annotated[
        bool, Query(description="Tell configs too; the list then ends before it gets too large.")
    ] = False,
    deleted: Annotated[bool, Query(description="Those that were deleted and can still be brought back.")] = False,
) -> Response:
    """Newest first."""
    found = await sessions.list(limit=limit, offset=offset, with_config=config, deleted=deleted)
    page = SessionPage(limit=limit, offset=offset)
    return json_answer(await with_list(page, "sessions", found, SessionSummaryOut.of_summary))


@router.get("/{session_id}", response_model=SessionDetailOut)
async def get_session(session_id: str, sessions: given.Sessions, views: given.Views) -> Response:
    return json_answer(await session_detail(SessionId(session_id), sessions, views))


@router.get("/{session_id}/config")
async def get_session_config(session_id: str, sessions: given.Sessions) -> SessionConfigOut:
    """What the session keeps for its flow, and nothing else."""
    return SessionConfigOut.of(await sessions.get(SessionId(session_id)))


@router.patch("/{session_id}")
async def change_session(session_id: str, body: SessionChange, sessions: given.Sessions) -> SessionOut:
    """Stage, config, or both. `changes` says what is new in the config; `config` replaces it as a whole."""
    identity = SessionId(session_id)
    if body.config is not None:
        await sessions.set_config(identity, body.config, seen=body.version)
    if body.changes is not None:
        await sessions.merge_config(identity, body.changes, seen=body.version)
    if body.current_stage is not None:
        await sessions.set_stage(identity, body.current_stage)
    return SessionOut.of(await sessions.get(identity))


@router.delete("/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_session(
    session_id: str,
    sessions: given.Sessions,
    generations: given.Generations,
    for_good: Annotated[bool, Query(description="At once and beyond recall, which frees the disk.")] = False,
) -> Response:
    """Cancels what is still open. Its pictures are deleted after the undo window; until then it can be restored."""
    session = await sessions.get(SessionId(session_id))
    await generations.cancel_session(session.id)
    if await sessions.hide(session.id):
        await generations.cancel_session(session.id)  # what was stored in between
    await (sessions.delete(session.id) if for_good else sessions.set_aside(session.id))
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/{session_id}/restore")
async def restore_session(session_id: str, sessions: given.Sessions) -> SessionOut:
    """Brings a deleted session back with all its pictures, within the undo window."""
    return SessionOut.of(await sessions.restore(SessionId(session_id)))


@router.post("/{session_id}/advance", response_model=SessionDetailOut)
async def advance_session(
    session_id: str, body: SessionAdvance, sessions: given.Sessions, views: given.Views
) -> Response:
    """To the next stage with the selected; the rest is deleted after the undo window, unless starred or on a board."""
    await sessions.advance(
        SessionId(session_id),
        selected={GenerationId(each) for each in body.selected},
        rejected={GenerationId(each) for each in body.rejected},
    )
    return json_answer(await session_detail(SessionId(session_id), sessions, views))


async def session_detail(session_id: SessionId, sessions: SessionService, views: QueueViews) -> bytes:
    """The session with all its generations, as the JSON of a ``SessionDetailOut``."""
    session = SessionOut.of(await sessions.get(session_id))
    return await with_generations(session, await sessions.generations(session_id), views)
