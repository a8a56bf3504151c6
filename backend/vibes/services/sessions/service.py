"""Sessions: create, list, change, delete, and move through the stages of the funnel."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from vibes.domain.errors import Conflict, InvalidRequest, NotFound, Problem
from vibes.domain.events import ConfigChanged, StageChanged
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId, OwnerId, SessionId, new_session_id
from vibes.domain.session import STAGES, ConfigConflict, ConfigValue, FlowType, Session, SessionSummary
from vibes.domain.session_config import check_storable, merged
from vibes.ports.clock import Clock
from vibes.ports.storage import StageMove, Storage
from vibes.services.events.live_events import LiveEvents
from vibes.services.media.image_store import ImageStore


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardPolicy:
    """What an advance does with the stage's pictures that were not selected."""

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

    def new(self, flow_type: FlowType, config: Mapping[str, ConfigValue], owner: OwnerId | None = None) -> Session:
        """A session that is not stored yet."""
        now = self._clock.now()
        return Session(
            id=new_session_id(),
            flow_type=flow_type,
            current_stage=0,
            config=config,
            created_at=now,
            updated_at=now,
            owner=owner,
        )

    async def add(self, session: Session) -> None:
        await self._storage.sessions.add(session)

    async def create(
        self, flow_type: FlowType, config: Mapping[str, ConfigValue], owner: OwnerId | None = None
    ) -> Session:
        session = self.new(flow_type, config, owner)
        await self.add(session)
        return session

    async def get(self, session_id: SessionId) -> Session:
        session = await self._storage.sessions.get(session_id)
        if session is None:
            raise _unknown(session_id)
        return session

    async def list(
        self, *, limit: int, offset: int, with_config: bool = False, deleted: bool = False
    ) -> Sequence[SessionSummary]:
        return await self._storage.sessions.list(limit=limit, offset=offset, with_config=with_config, deleted=deleted)

    async def generations(self, session_id: SessionId) -> Sequence[Generation]:
        return await self._storage.generations.of_session(session_id)

    async def set_config(
        self, session_id: SessionId, config: Mapping[str, ConfigValue], *, seen: int | None = None
    ) -> Session:
        """Raises ConfigConflict when the config's version is no longer ``seen``."""
        return await self._change_config(session_id, lambda _: config, seen)

    async def merge_config(
        self, session_id: SessionId, changes: Mapping[str, ConfigValue], *, seen: int | None = None
    ) -> Session:
        """Apply a JSON Merge Patch to the config. Raises ConfigConflict when its version is no longer ``seen``, and
        InvalidRequest when the config would be too large."""

        def change(session: Session) -> Mapping[str, ConfigValue]:
            config = merged(session.config, changes)
            try:
                check_storable(config)
            except ValueError as error:
                message = f"the session's config {error}"
                raise InvalidRequest(message, problems=[Problem("changes", message)]) from error
            return config

        return await self._change_config(session_id, change, seen)

    async def _change_config(
        self, session_id: SessionId, change: Callable[[Session], Mapping[str, ConfigValue]], seen: int | None
    ) -> Session:
        def checked(session: Session) -> Mapping[str, ConfigValue]:
            if seen is not None and seen != session.version:
                raise ConfigConflict(session)
            return change(session)

        changed = await self._storage.sessions.change_config(session_id, checked, at=self._clock.now())
        if changed is None:
            raise _unknown(session_id)
        session, is_new = changed
        if is_new:
            self._live.publish(ConfigChanged(session_id=session_id, version=session.version))
        return session

    async def set_stage(self, session_id: SessionId, stage: int) -> None:
        """Going back to a stage restores what leaving it discarded."""
        session = await self.get(session_id)
        _check_stage(stage)
        restore = [
            generation.id
            for generation in await self.generations(session_id)
            if generation.stage >= stage and generation.discard_after is not None
        ]
        await self._move(
            session_id,
            StageMove(
                from_stage=session.current_stage,
                to_stage=stage,
                restore=restore if stage < session.current_stage else (),
            ),
        )

    async def advance(
        self, session_id: SessionId, *, selected: Collection[GenerationId], rejected: Collection[GenerationId]
    ) -> None:
        """Go to the next stage with the selected pictures; the others are deleted after the undo window.

        Starred and unfinished pictures and those on a board are kept. The queue is not affected.
        """
        session = await self.get(session_id)
        here = session.current_stage
        if here == len(STAGES) - 1:
            raise Conflict(f"{STAGES[-1]} is the last stage", code="last_stage")
        members = {each.id: each for each in await self.generations(session_id) if each.stage == here}
        _check_members(members, selected, rejected)
        dropped = [each.id for each in members.values() if each.id not in selected and each.status.terminal]
        await self._move(
            session_id,
            StageMove(
                from_stage=here,
                to_stage=here + 1,
                discard=dropped if self._discard.enabled else (),
                discard_after=self._clock.now() + self._discard.undo_window,
            ),
        )

    async def hide(self, session_id: SessionId) -> bool:
        """The first step of `set_aside`: from now on nothing is added to it. False for a job's session, which stays."""
        return await self._storage.sessions.set_aside(session_id, self._clock.now() + self._discard.undo_window)

    async def set_aside(self, session_id: SessionId) -> None:
        """Delete it after the undo window, within which `restore` brings it back. The caller has cancelled open work.

        A job's session is deleted at once, with its job.
        """
        if await self.hide(session_id):
            self._live.close(session_id)
        else:
            await self.delete(session_id)

    async def restore(self, session_id: SessionId) -> Session:
        if not await self._storage.sessions.restore(session_id, at=self._clock.now()):
            raise NotFound(f"there is no deleted session {session_id} to bring back", code="unknown_session")
        return await self.get(session_id)

    async def delete_due(self) -> int:
        """Delete those whose undo window has ended."""
        due = await self._storage.sessions.due_to_delete(self._clock.now())
        for session_id in due:
            await self.delete(session_id)
        return len(due)

    async def delete(self, session_id: SessionId) -> None:
        """Delete rows and files. The caller has cancelled open work."""
        if not await self._storage.sessions.delete(session_id):
            raise _unknown(session_id)
        await self._images.delete_session(session_id)
        self._live.close(session_id)

    async def _move(self, session_id: SessionId, move: StageMove) -> None:
        if not await self._storage.sessions.move_stage(session_id, move, at=self._clock.now()):
            raise Conflict(
                f"the session left stage {move.from_stage} meanwhile; look at it again", code="stage_changed"
            )
        if move.to_stage != move.from_stage:
            self._live.publish(StageChanged(session_id=session_id, stage=move.to_stage))


def _unknown(session_id: SessionId) -> NotFound:
    return NotFound(f"there is no session {session_id}", code="unknown_session")


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
        Problem(field, f"{generation_id} is not a generation of this stage")
        for field, ids in (("selected", selected), ("rejected", rejected))
        for generation_id in ids
        if generation_id not in members
    ]
    problems += [Problem("rejected", f"{both} is also selected") for both in set(selected) & set(rejected)]
    if not selected:
        problems.append(Problem("selected", "select at least one picture to go on with"))
    if problems:
        raise InvalidRequest(problems[0].message, code="invalid_selection", problems=problems)
