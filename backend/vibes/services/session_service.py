"""Sessions: make, list, change, delete, and move through the stages of the funnel."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from vibes.domain.errors import Conflict, InvalidRequest, NotFound, Problem
from vibes.domain.events import StageChanged
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId, SessionId, new_session_id
from vibes.domain.session import STAGES, ConfigValue, FlowType, Session, SessionSummary
from vibes.services.image_store import ImageStore
from vibes.services.live_events import LiveEvents
from vibes.services.ports import Clock, Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardPolicy:
    """What an advance does with the pictures of the stage that were not selected."""

    enabled: bool = True
    undo_window: timedelta = timedelta(days=1)


class SessionService:
    def __init__(
        self, storage: Storage, images: ImageStore, live: LiveEvents, clock: Clock, discard: DiscardPolicy
    ) -> None:
        self._storage = storage
        self._images = images
        self._live = live
        self._clock = clock
        self._discard = discard

    def new(self, flow_type: FlowType, config: Mapping[str, ConfigValue]) -> Session:
        """A session that is not stored yet."""
        now = self._clock.now()
        return Session(
            id=new_session_id(), flow_type=flow_type, current_stage=0, config=config, created_at=now, updated_at=now
        )

    async def add(self, session: Session) -> None:
        await self._storage.sessions.add(session)

    async def create(self, flow_type: FlowType, config: Mapping[str, ConfigValue]) -> Session:
        session = self.new(flow_type, config)
        await self.add(session)
        return session

    async def get(self, session_id: SessionId) -> Session:
        session = await self._storage.sessions.get(session_id)
        if session is None:
            raise NotFound(f"there is no session {session_id}", code="unknown_session")
        return session

    async def list(self, *, limit: int, offset: int) -> Sequence[SessionSummary]:
        return await self._storage.sessions.list(limit=limit, offset=offset)

    async def generations(self, session_id: SessionId) -> Sequence[Generation]:
        return await self._storage.generations.of_session(session_id)

    async def change(
        self, session_id: SessionId, *, stage: int | None, config: Mapping[str, ConfigValue] | None
    ) -> Session:
        """Set the stage and/or the config. Going back to a stage takes back what leaving it discarded."""
        session = await self.get(session_id)
        if stage is not None:
            _check_stage(stage)
            if stage < session.current_stage:
                await self._restore(session_id, from_stage=stage)
        changed = replace(
            session,
            current_stage=session.current_stage if stage is None else stage,
            config=session.config if config is None else config,
            updated_at=self._clock.now(),
        )
        await self._update(session, changed)
        return changed

    async def advance(
        self, session_id: SessionId, *, selected: Collection[GenerationId], rejected: Collection[GenerationId]
    ) -> Session:
        """Go to the next stage with the selected pictures; the others are deleted after the undo window.

        Starred pictures and those still in the making are kept. Nothing of it touches the queue.
        """
        session = await self.get(session_id)
        if session.current_stage == len(STAGES) - 1:
            raise Conflict(f"{STAGES[-1]} is the last stage", code="last_stage")
        members = {generation.id: generation for generation in await self.generations(session_id)}
        _check_members(members, selected, rejected)
        moved = replace(session, current_stage=session.current_stage + 1, updated_at=self._clock.now())
        if self._discard.enabled:
            dropped = [
                generation.id
                for generation in members.values()
                if generation.stage == session.current_stage
                and generation.id not in selected
                and generation.status.terminal
            ]
            await self._storage.generations.set_discard_after(dropped, self._clock.now() + self._discard.undo_window)
        await self._update(session, moved)
        return moved

    async def delete(self, session_id: SessionId) -> None:
        """Rows and files. The caller has cancelled what was still open."""
        if not await self._storage.sessions.delete(session_id):
            raise NotFound(f"there is no session {session_id}", code="unknown_session")
        await self._images.delete_session(session_id)

    async def _restore(self, session_id: SessionId, *, from_stage: int) -> None:
        kept = [
            generation.id
            for generation in await self.generations(session_id)
            if generation.stage >= from_stage and generation.discard_after is not None
        ]
        await self._storage.generations.set_discard_after(kept, None)

    async def _update(self, before: Session, after: Session) -> None:
        if not await self._storage.sessions.update(after):
            raise NotFound(f"session {after.id} was deleted meanwhile", code="unknown_session")
        if after.current_stage != before.current_stage:
            self._live.publish(StageChanged(session_id=after.id, stage=after.current_stage))


def _check_stage(stage: int) -> None:
    if not 0 <= stage < len(STAGES):
        message = f"stage must be between 0 and {len(STAGES) - 1}, not {stage}"
        raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("current_stage", message)])


def _check_members(
    members: Mapping[GenerationId, Generation],
    selected: Collection[GenerationId],
    rejected: Collection[GenerationId],
) -> None:
    problems = [
        Problem(field, f"{generation_id} is not a generation of this session")
        for field, ids in (("selected", selected), ("rejected", rejected))
        for generation_id in ids
        if generation_id not in members
    ]
    problems += [Problem("rejected", f"{both} is also selected") for both in set(selected) & set(rejected)]
    if not selected:
        problems.append(Problem("selected", "select at least one picture to go on with"))
    if problems:
        raise InvalidRequest(problems[0].message, code="invalid_selection", problems=problems)
