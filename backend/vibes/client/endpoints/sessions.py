"""Sessions: runs of the funnel, and their live events."""

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from vibes.client.events.live_events import live_events
from vibes.client.events.session_events import Preview, SessionEvent
from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.pictures import Session, SessionDetail, SessionPage
from vibes.domain.session import FlowType

_PATH = "/api/sessions"


class AsyncSessions:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create(
        self, config: Mapping[str, Any] | None = None, *, flow_type: FlowType | str = FlowType.DRAFT_GRID
    ) -> Session:
        body = {"flow_type": flow_type, "config": dict(config or {})}
        return await self._transport.value(Session, Call(method="POST", path=_PATH, body=body, repeatable=False))

    async def list(self, *, limit: int = 50, offset: int = 0) -> SessionPage:
        """Newest first."""
        return await self._transport.value(SessionPage, get(_PATH, limit=limit, offset=offset))

    async def get(self, session_id: str) -> SessionDetail:
        """With all its generations. Raises NotFound."""
        return await self._transport.value(SessionDetail, get(_path(session_id)))

    async def change(
        self,
        session_id: str,
        *,
        current_stage: int | None = None,
        config: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
        version: int | None = None,
    ) -> Session:
        """Change a session. None leaves a part as it is; ``config`` replaces all of the config, ``changes`` (a JSON
        Merge Patch) only what it names.

        Raises Conflicting, and changes nothing, when the config's version is no longer ``version``.
        """
        given = {"current_stage": current_stage, "config": config, "changes": changes, "version": version}
        body = {name: value for name, value in given.items() if value is not None}
        call = Call(method="PATCH", path=_path(session_id), body=body, repeatable=version is None)
        return await self._transport.value(Session, call)

    async def advance(self, session_id: str, *, selected: Sequence[str], rejected: Sequence[str] = ()) -> SessionDetail:
        """Advance to the next stage with the selected ones; the others are deleted later, unless starred."""
        body = {"selected": [*selected], "rejected": [*rejected]}
        call = Call(method="POST", path=f"{_path(session_id)}/advance", body=body, repeatable=False)
        return await self._transport.value(SessionDetail, call)

    async def delete(self, session_id: str) -> None:
        """Cancel what is open; all pictures are deleted after a day, during which the session can be restored."""
        await self._transport.json(Call(method="DELETE", path=_path(session_id), repeatable=False))

    async def restore(self, session_id: str) -> Session:
        """Restore a deleted session with all its pictures. Raises NotFound when it is gone for good, or not deleted."""
        call = Call(method="POST", path=f"{_path(session_id)}/restore", repeatable=False)
        return await self._transport.value(Session, call)

    def events(self, session_id: str, *, since: int | None = None) -> AsyncGenerator[SessionEvent | Preview, None]:
        """Events for ever, over restarts of the hub; the first is a `Snapshot` unless it resumes after ``since``.

        Raises NotFound when the session is deleted, HubAway when the hub is away beyond the client's patience.
        """
        return live_events(self._transport, session_id, since)


class Sessions:
    """`AsyncSessions` for callers without an event loop."""

    def __init__(self, sessions: AsyncSessions, loop: BackgroundLoop) -> None:
        self._sessions = sessions
        self._loop = loop

    def create(
        self, config: Mapping[str, Any] | None = None, *, flow_type: FlowType | str = FlowType.DRAFT_GRID
    ) -> Session:
        return self._loop.run(self._sessions.create(config, flow_type=flow_type))

    def list(self, *, limit: int = 50, offset: int = 0) -> SessionPage:
        return self._loop.run(self._sessions.list(limit=limit, offset=offset))

    def get(self, session_id: str) -> SessionDetail:
        return self._loop.run(self._sessions.get(session_id))

    def change(
        self,
        session_id: str,
        *,
        current_stage: int | None = None,
        config: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
        version: int | None = None,
    ) -> Session:
        change = self._sessions.change(
            session_id, current_stage=current_stage, config=config, changes=changes, version=version
        )
        return self._loop.run(change)

    def advance(self, session_id: str, *, selected: Sequence[str], rejected: Sequence[str] = ()) -> SessionDetail:
        return self._loop.run(self._sessions.advance(session_id, selected=selected, rejected=rejected))

    def delete(self, session_id: str) -> None:
        self._loop.run(self._sessions.delete(session_id))

    def restore(self, session_id: str) -> Session:
        return self._loop.run(self._sessions.restore(session_id))

    def events(self, session_id: str, *, since: int | None = None) -> Generator[SessionEvent | Preview, None, None]:
        return self._loop.iterate(self._sessions.events(session_id, since=since))


def _path(session_id: str) -> str:
    return f"{_PATH}/{quote(session_id, safe='')}"
