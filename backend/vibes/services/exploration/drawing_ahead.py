"""Draws pictures ahead of a person's choice, on nodes that nobody else wants at the moment.

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
from vibes.domain.exploration.ahead import AheadWait
from vibes.domain.exploration.neighbours import Direction
from vibes.domain.exploration.variations import varied_request
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, OwnerId, SessionId
from vibes.domain.money import NOTHING
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.priority import Priority
from vibes.ports.clock import Clock
from vibes.scheduling.snapshot import NodeView
from vibes.services.events.live_events import LiveEvents
from vibes.services.exploration.explorer import Explorer
from vibes.services.exploration.idle_nodes import Wanted, is_idle, loads_nothing, why_waiting
from vibes.services.exploration.variations import VariationsRequest, requests_of
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
class AheadPictures:
    session_id: SessionId
    topic: str
    """What they are for; others of the session, for something else, go on."""
    pictures: VariationsRequest


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
    """Pictures that are still to be drawn, as far as the budget goes; those that gave way are among them."""
    waits_for: AheadWait | None = None
    """Why none of those begins now; None where one can, or none is left."""


NEIGHBOURS = ""
"""The topic of a picture's neighbours."""

_Key = tuple[SessionId, str]
"""A session and a topic."""


@dataclass(slots=True)
class _Ahead:
    """What is drawn ahead for one topic of a session."""

    budget: int
    waiting: deque[Wanted]
    seen_at: float
    batches: set[BatchId] = field(init=False, default_factory=set)
    begun: list[GenerationId] = field(init=False, default_factory=list)
    running: dict[GenerationId, Generation] = field(init=False, default_factory=dict)
    gave_way: dict[GenerationId, Generation] = field(init=False, default_factory=dict)
    wanted: dict[GenerationId, Wanted] = field(init=False, default_factory=dict)
    """As what each was begun."""

    @property
    def left(self) -> int:
        return max(self.budget - len(self.begun), 0)

    @property
    def to_begin(self) -> list[Wanted]:
        """Those that gave way, and new ones as far as the budget goes."""
        return [*(self.wanted[each] for each in self.gave_way), *(self.waiting if self.left else ())]


class DrawingAhead:
    def __init__(
        self, generations: GenerationService, explorer: Explorer, board: Board, live: LiveEvents, clock: Clock
    ) -> None:
        self._generations = generations
        self._explorer = explorer
        self._board = board
        self._live = live
        self._clock = clock
        self._sessions: dict[_Key, _Ahead] = {}
        self._asked: set[BatchId] = set()
        """Batches, perhaps our own, of which work was queued since the last look."""
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        """Held while pictures are begun or give way, so that none is chosen in between."""

    async def begin(self, asked: AheadRequest) -> AheadState:
        """Draw these from now on instead of the neighbours that were drawn ahead for the session. Raises NotFound."""
        found = [await self._explorer.neighbours(asked.generation_id, each) for each in asked.directions]
        requests = [[varied_request(each.base, one.variation) for one in each.neighbours] for each in found]
        wanted = [Wanted(each) for each in _for_session(asked, requests)]
        return await self._begin((asked.session_id, NEIGHBOURS), _Ahead(asked.budget, deque(wanted), self._now))

    async def begin_pictures(self, asked: AheadPictures) -> AheadState:
        """Draw these from now on, instead of what was drawn ahead for the same topic. Raises what `Variations.submit`
        raises."""
        base = replace(asked.pictures.base, session_id=asked.session_id, priority=Priority.BULK, max_cost=NOTHING)
        pictures = replace(asked.pictures, base=base)
        works = (await self._explorer.variations.rehearse(pictures)).works
        requests = await requests_of(pictures)
        wanted = [Wanted(request, work) for request, work in zip(requests, works, strict=True)]
        budget = min(len(wanted), MOST_PICTURES)
        return await self._begin((asked.session_id, asked.topic), _Ahead(budget, deque(wanted), self._now))

    async def _begin(self, key: _Key, ahead: _Ahead) -> AheadState:
        await self._stop(key)
        self._sessions[key] = ahead
        for oldest in list(self._sessions)[: max(len(self._sessions) - MOST_SESSIONS, 0)]:
            await self._stop(oldest)
        self._changed.set()
        return self.state(*key)

    @property
    def _now(self) -> float:
        return self._clock.monotonic()

    def state(self, session_id: SessionId, topic: str = NEIGHBOURS) -> AheadState:
        """Asking counts as a sign that somebody looks at it."""
        ahead = self._sessions.get((session_id, topic))
        if ahead is None:
            return AheadState(session_id=session_id, active=False)
        ahead.seen_at = self._now
        return AheadState(
            session_id=session_id,
            active=True,
            budget=ahead.budget,
            begun=tuple(ahead.begun),
            running=tuple(ahead.running),
            waiting=len(ahead.gave_way) + min(len(ahead.waiting), ahead.left),
            waits_for=self._waits_for(ahead),
        )

    def _waits_for(self, ahead: _Ahead) -> AheadWait | None:
        to_begin = ahead.to_begin
        if not to_begin:
            return None
        if self._board.paused_since is not None or self._board.unread:
            return AheadWait.PAUSED
        return AheadWait.PICTURES if self._others_wait else why_waiting(to_begin, self._board.nodes())

    @property
    def _others_wait(self) -> bool:
        return self._board.waiting > sum(len(each.running) for each in self._sessions.values())

    async def stop(self, session_id: SessionId, topic: str | None = None) -> AheadState:
        """Draw nothing more ahead for this topic of it, without one for any, and cancel what is being drawn; finished
        pictures stay."""
        for key in list(self._sessions):
            if key[0] == session_id and topic in {None, key[1]}:
                await self._stop(key)
        return AheadState(session_id=session_id, active=False)

    async def _stop(self, key: _Key) -> None:
        ahead = self._sessions.pop(key, None)
        if ahead is not None:
            await self._generations.cancel_these(list(ahead.running.values()))

    async def promote(self, generation_id: GenerationId) -> Generation:
        """It was chosen: it is a person's own from now on, which gives way to nothing; before all others where it has
        to be begun again. Raises NotFound."""
        async with self._turn:
            for ahead in list(self._sessions.values()):
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
        async with self._turn:
            if asked or self._others_wait:
                await self._give_way()
            elif self._board.paused_since is None and not self._board.unread:
                await self._use_idle_nodes()

    async def _leave_closed_sessions(self) -> None:
        now = self._now
        for key, ahead in list(self._sessions.items()):
            if self._live.watched(key[0]):
                ahead.seen_at = now
            elif now - ahead.seen_at >= CLOSED_SECONDS:
                await self._stop(key)

    async def _give_way(self) -> None:
        for ahead in list(self._sessions.values()):
            running, ahead.running = ahead.running, {}
            ahead.gave_way |= running
            await self._generations.cancel_these(list(running.values()))

    async def _use_idle_nodes(self) -> None:
        for node in self._board.nodes():
            if self._board.waiting or not is_idle(node):
                continue
            key = next((each for each in self._by_turn() if self._begins(each, node)), None)
            if key is not None:
                await self._begin_one(key, node)

    def _by_turn(self) -> list[_Key]:
        """Who has had the least comes first."""
        return sorted(self._sessions, key=lambda each: len(self._sessions[each].begun))

    def _begins(self, key: _Key, node: NodeView) -> bool:
        ahead = self._sessions[key]
        return _again_on(ahead, node) is not None or (ahead.left > 0 and _first_on(ahead, node) is not None)

    async def _begin_one(self, key: _Key, node: NodeView) -> None:
        ahead = self._sessions[key]
        again = _again_on(ahead, node)
        try:
            if again is not None:
                del ahead.gave_way[again.id]
                await self._keep_or_cancel(key, ahead, await self._generations.retry(again.id))
                return
            wanted = _first_on(ahead, node)
            if wanted is None:
                return
            ahead.waiting.remove(wanted)
            answer = await self._generations.submit_varied([replace(wanted.request, preferred_node=node.id)], ())
            if isinstance(answer, Submission):
                [picture] = answer.generations
                ahead.batches.add(answer.batch.id)
                ahead.begun.append(picture.id)
                ahead.wanted[picture.id] = wanted
                await self._keep_or_cancel(key, ahead, picture)
        except HubError as error:
            logger.info("nothing is drawn ahead for session %s: %s", key[0], error)

    async def _keep_or_cancel(self, key: _Key, ahead: _Ahead, picture: Generation) -> None:
        if self._sessions.get(key) is not ahead:  # stopped meanwhile
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


def _again_on(ahead: _Ahead, node: NodeView) -> Generation | None:
    """One that gave way."""
    able = (each for each in ahead.gave_way.values() if ahead.wanted[each.id].can_be_drawn_by(node))
    return next((each for each in able if loads_nothing(each.spec.checkpoint, node)), None)


def _first_on(ahead: _Ahead, node: NodeView) -> Wanted | None:
    return next((each for each in ahead.waiting if each.fits(node)), None)
