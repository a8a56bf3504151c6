"""Draws neighbours ahead of a person's choice, on nodes that nobody else wants at the moment.

Each is submitted only while nothing waits and a node is idle that has its checkpoint loaded, and is cancelled as soon
as anybody asks for something; then it is tried again later. Nothing of it is kept over a restart of the hub.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from vibes.domain.errors import HubError
from vibes.domain.events import (
    BatchChanged,
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationQueued,
    GenerationStarted,
    SessionEvent,
)
from vibes.domain.exploration.neighbours import Direction
from vibes.domain.exploration.variations import varied_request
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, OwnerId, SessionId
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import ParameterValue
from vibes.domain.priority import Priority
from vibes.ports.clock import Clock
from vibes.scheduling.snapshot import NodeView
from vibes.services.events.live_events import LiveEvents
from vibes.services.exploration.explorer import Explorer
from vibes.services.generations.service import GenerationService, Submission
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

MOST_PICTURES = 200
"""The largest budget of a session."""
MOST_SESSIONS = 100
CLOSED_SECONDS = 60.0
"""A session that nobody has watched, nor asked about, for so long gets nothing more."""
LOOK_SECONDS = 1.0
"""An idle node is noticed within so many seconds, even where nothing tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadRequest:
    session_id: SessionId
    generation_id: GenerationId
    """The picture whose neighbours are drawn."""
    directions: Sequence[Direction]
    budget: int
    """Most pictures to begin."""
    styles: tuple[str, ...] = ()
    """Laid over the prompt of each."""
    owner: OwnerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadState:
    session_id: SessionId
    active: bool
    """False: nothing is drawn ahead for it."""
    budget: int = 0
    begun: tuple[GenerationId, ...] = ()
    """In the order in which they were begun; each counts towards the budget once."""
    running: tuple[GenerationId, ...] = ()
    waiting: int = 0
    """Neighbours that are still to be drawn, as far as the budget goes; those that gave way are among them."""


@dataclass(slots=True)
class _Ahead:
    """What is drawn ahead for one session."""

    budget: int
    waiting: deque[GenerationRequest]
    seen_at: float
    batches: set[BatchId] = field(init=False, default_factory=set)
    begun: list[GenerationId] = field(init=False, default_factory=list)
    running: dict[GenerationId, Generation] = field(init=False, default_factory=dict)
    gave_way: dict[GenerationId, Generation] = field(init=False, default_factory=dict)

    @property
    def left(self) -> int:
        return max(self.budget - len(self.begun), 0)


class DrawingAhead:
    def __init__(
        self, generations: GenerationService, explorer: Explorer, board: Board, live: LiveEvents, clock: Clock
    ) -> None:
        self._generations = generations
        self._explorer = explorer
        self._board = board
        self._live = live
        self._clock = clock
        self._sessions: dict[SessionId, _Ahead] = {}
        self._asked: set[BatchId] = set()
        """Batches, perhaps our own, of which work was queued since the last look."""
        self._changed = asyncio.Event()

    async def begin(self, asked: AheadRequest) -> AheadState:
        """Draw these from now on instead of what was drawn ahead for the session. Raises NotFound."""
        found = [await self._explorer.neighbours(asked.generation_id, each) for each in asked.directions]
        requests = [[varied_request(each.base, one.variation) for one in each.neighbours] for each in found]
        await self.stop(asked.session_id)
        ahead = _Ahead(asked.budget, deque(_for_session(asked, requests)), self._clock.monotonic())
        self._sessions[asked.session_id] = ahead
        for session_id in list(self._sessions)[: max(len(self._sessions) - MOST_SESSIONS, 0)]:
            await self.stop(session_id)
        self._changed.set()
        return self.state(asked.session_id)

    def state(self, session_id: SessionId) -> AheadState:
        """Asking counts as a sign that somebody looks at it."""
        ahead = self._sessions.get(session_id)
        if ahead is None:
            return AheadState(session_id=session_id, active=False)
        ahead.seen_at = self._clock.monotonic()
        return AheadState(
            session_id=session_id,
            active=True,
            budget=ahead.budget,
            begun=tuple(ahead.begun),
            running=tuple(ahead.running),
            waiting=len(ahead.gave_way) + min(len(ahead.waiting), ahead.left),
        )

    async def stop(self, session_id: SessionId) -> AheadState:
        """Draw nothing more ahead for it, and cancel what is being drawn; finished pictures stay."""
        ahead = self._sessions.pop(session_id, None)
        if ahead is not None:
            await self._generations.cancel_these(list(ahead.running.values()))
        return AheadState(session_id=session_id, active=False)

    async def promote(self, generation_id: GenerationId) -> Generation:
        """It was chosen: it is a person's own from now on, which gives way to nothing; before all others where it has
        to be begun again. Raises NotFound."""
        for ahead in self._sessions.values():
            ahead.running.pop(generation_id, None)
            gave_way = ahead.gave_way.pop(generation_id, None)
            if gave_way is not None:
                await self._generations.retry(generation_id)
                self._board.move([generation_id], self._board.places()[0] - 1)
        return await self._generations.get(generation_id)

    def overhear(self, event: SessionEvent) -> None:
        """Called with every event of every session."""
        match event:
            case BatchChanged() if event.batch.completed < event.batch.total:
                self._asked.add(event.batch.batch_id)
            case GenerationQueued():
                self._asked.add(event.batch_id)
            case GenerationCompleted() | GenerationFailed() | GenerationCancelled():
                self._over(event)
            case GenerationStarted():
                pass  # its node is taken, and another one may be idle
            case _:
                return
        if self._sessions:
            self._changed.set()
        else:
            self._asked.clear()

    async def run(self) -> None:
        """Look after it, until cancelled."""
        while True:
            self._changed.clear()
            await self._look()
            try:
                async with asyncio.timeout(LOOK_SECONDS if self._sessions else None):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _over(self, event: GenerationCompleted | GenerationFailed | GenerationCancelled) -> None:
        for ahead in self._sessions.values():
            ahead.running.pop(event.generation_id, None)
            if isinstance(event, GenerationCompleted):  # it was faster than its cancel
                ahead.gave_way.pop(event.generation_id, None)

    async def _look(self) -> None:
        await self._leave_closed_sessions()
        asked = self._asked.difference(*(each.batches for each in self._sessions.values()))
        self._asked.clear()
        if asked or self._board.waiting > sum(len(each.running) for each in self._sessions.values()):
            await self._give_way()
        elif self._board.paused_since is None and not self._board.unread:
            await self._use_idle_nodes()

    async def _leave_closed_sessions(self) -> None:
        now = self._clock.monotonic()
        for session_id, ahead in list(self._sessions.items()):
            if self._live.watched(session_id):
                ahead.seen_at = now
            elif now - ahead.seen_at >= CLOSED_SECONDS:
                await self.stop(session_id)

    async def _give_way(self) -> None:
        for ahead in list(self._sessions.values()):
            running, ahead.running = ahead.running, {}
            ahead.gave_way |= running
            await self._generations.cancel_these(list(running.values()))

    async def _use_idle_nodes(self) -> None:
        for node in self._board.nodes():
            if self._board.waiting or not _is_idle(node):
                continue
            session_id = next((each for each in self._by_turn() if self._begins(each, node)), None)
            if session_id is not None:
                await self._begin_one(session_id, node)

    def _by_turn(self) -> list[SessionId]:
        """Who has had the least comes first."""
        return sorted(self._sessions, key=lambda each: len(self._sessions[each].begun))

    def _begins(self, session_id: SessionId, node: NodeView) -> bool:
        ahead = self._sessions[session_id]
        return _again_on(ahead, node) is not None or (ahead.left > 0 and _first_on(ahead, node) is not None)

    async def _begin_one(self, session_id: SessionId, node: NodeView) -> None:
        ahead = self._sessions[session_id]
        again = _again_on(ahead, node)
        try:
            if again is not None:
                del ahead.gave_way[again.id]
                ahead.running[again.id] = await self._generations.retry(again.id)
                return
            request = _first_on(ahead, node)
            if request is None:
                return
            ahead.waiting.remove(request)
            answer = await self._generations.submit_varied([replace(request, preferred_node=node.id)], ())
            if isinstance(answer, Submission):
                [picture] = answer.generations
                ahead.batches.add(answer.batch.id)
                ahead.begun.append(picture.id)
                await self._keep_or_cancel(session_id, ahead, picture)
        except HubError as error:
            logger.info("nothing is drawn ahead for session %s: %s", session_id, error)

    async def _keep_or_cancel(self, session_id: SessionId, ahead: _Ahead, picture: Generation) -> None:
        if self._sessions.get(session_id) is not ahead:  # stopped meanwhile
            await self._generations.cancel_these([picture])
        elif (await self._generations.get(picture.id)).status in {GenerationStatus.QUEUED, GenerationStatus.GENERATING}:
            ahead.running[picture.id] = picture


def _for_session(asked: AheadRequest, requests: Sequence[Sequence[GenerationRequest]]) -> Iterator[GenerationRequest]:
    """One of each direction in turn."""
    for turn in zip_longest(*requests):
        for request in turn:
            if request is not None:
                yield replace(
                    request,
                    session_id=asked.session_id,
                    styles=asked.styles,
                    owner=asked.owner,
                    priority=Priority.BULK,
                )


def _is_idle(node: NodeView) -> bool:
    return node.free and not node.queue_length and not node.fetching and not node.costs and not node.on_trial


def _again_on(ahead: _Ahead, node: NodeView) -> Generation | None:
    """One that gave way."""
    return next((each for each in ahead.gave_way.values() if _loads_nothing(each.spec.checkpoint, node)), None)


def _first_on(ahead: _Ahead, node: NodeView) -> GenerationRequest | None:
    return next((each for each in ahead.waiting if _loads_nothing(each.values.get("checkpoint"), node)), None)


def _loads_nothing(checkpoint: ParameterValue | None, node: NodeView) -> bool:
    """Else whoever comes next would have to load again what was there."""
    return node.resident_checkpoint in {None, checkpoint}
