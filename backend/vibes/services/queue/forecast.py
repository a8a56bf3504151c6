"""When work will be done: one prediction of the whole queue, shared for a moment by all who ask."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from vibes.domain.ids import BatchId, GenerationId, NodeId
from vibes.domain.money import MOST, NOTHING, MicroUsd
from vibes.domain.reason import Reason, ReasonCode
from vibes.ports.clock import Clock
from vibes.scheduling.eligibility import kept_for_its_owner, waiting_reason
from vibes.scheduling.estimator import LEAST_SPREAD, Estimator
from vibes.scheduling.planner import Outlook, outlook, outlook_in_steps
from vibes.scheduling.snapshot import NodeView, Snapshot, Work
from vibes.scheduling.spending.allowance import Allowance
from vibes.scheduling.waiting import copy_of
from vibes.services.events.progress import ProgressTracker
from vibes.services.queue.board import Board
from vibes.services.queue.broken_plans import BrokenPlans
from vibes.services.queue.queue_view import BothWays, Expectation

logger = logging.getLogger(__name__)

FRESH_SECONDS = 0.5
"""Seconds for which a prediction is used; progress events come more often than plans change."""

PROMPT_UP_TO = 200
"""Most waiting works with which a submission's answer has its ETA; with more, predicting may take a moment."""

AT_ONCE_UP_TO = 500
"""Most waiting works for which a prediction is made while the caller waits. A longer one is made in slices between
which other tasks get a turn; meanwhile the last one is used."""

COST_FACTOR = 20.0
"""A prediction is used for at least so many times the time that it took, which limits predicting to 5 % of a core."""


QUEUE_PAUSED = Reason(ReasonCode.QUEUE_PAUSED, "the queue is paused")
QUEUE_UNREAD = Reason(ReasonCode.QUEUE_UNREAD, "the hub still reads its queue after a restart")
UNSAYABLE = Reason(ReasonCode.INTERNAL_ERROR, "internal error: why it waits cannot be said, the log has the details")


class Forecast:
    """Never raises: what cannot be predicted is unknown, and no request fails because of it."""

    def __init__(
        self, board: Board, estimator: Estimator, clock: Clock, progress: ProgressTracker, broken: BrokenPlans
    ) -> None:
        self._board = board
        self._estimator = estimator
        self._clock = clock
        self._progress = progress
        self._broken = broken
        self._outlook = Outlook({}, {}, {})
        self._nodes: tuple[NodeView, ...] = ()
        self._batch_finishes: dict[BatchId, float | None] = {}
        self._reasons: dict[str, Reason | None] = {}
        """By kind: why work waits, since all of one kind are treated alike."""
        self._in_the_making: asyncio.Task[None] | None = None
        self._made_at = float("-inf")
        self._cost = 0.0

    def eta_seconds(self, generation_id: GenerationId) -> float | None:
        """Seconds until this generation is done; None when unknown."""
        finish = self._current().generations.get(generation_id)
        return None if finish is None else max(finish - self._age(), 0.0)

    def eta_range_seconds(self, generation_ids: Collection[GenerationId]) -> tuple[float, float] | None:
        """The least and most seconds until the last of these is done, by how regular their nodes have been; None when
        one of them is unknown."""
        current = self._current()
        if not generation_ids or any(generation_id not in current.generations for generation_id in generation_ids):
            return None
        finishes = {generation_id: current.generations[generation_id] for generation_id in generation_ids}
        low, high = _range(finishes, current)
        age = self._age()
        return round(max(low - age, 0.0), 2), round(max(high - age, 0.0), 2)

    def latest_eta_seconds(self, generation_ids: Collection[GenerationId]) -> float | None:
        """Seconds until the last of these is done; None when one of them is unknown."""
        finishes = self._current().generations
        if not generation_ids or any(generation_id not in finishes for generation_id in generation_ids):
            return None
        return max(max(finishes[generation_id] for generation_id in generation_ids) - self._age(), 0.0)

    def batch_eta_seconds(self, batch_id: BatchId, unfinished: Collection[GenerationId]) -> float | None:
        """The same for a batch's open generations, computed once for each prediction."""
        current = self._current()
        if batch_id not in self._batch_finishes:
            finishes = [current.generations.get(generation_id) for generation_id in unfinished]
            known = [finish for finish in finishes if finish is not None]
            self._batch_finishes[batch_id] = max(known) if known and len(known) == len(finishes) else None
        finish = self._batch_finishes[batch_id]
        return None if finish is None else max(finish - self._age(), 0.0)

    async def if_submitted(self, works: Sequence[Work]) -> Expectation:
        """The prediction if these were queued now, computed anew."""
        snapshot = self._board.snapshot()
        wished = {work.generation_id for work in works}
        ahead = await self._predicted_in_steps(replace(snapshot, ready=copy_of(snapshot.ready).followed_by(works)))
        finishes = {each: ahead.generations[each] for each in wished if each in ahead.generations}
        if self._board.paused_since is not None or len(finishes) < len(wished):
            return Expectation(None, None, {}, self._why_not(snapshot.nodes, works, ahead))
        places = Counter(ahead.places[each] for each in finishes)
        costs: Counter[NodeId] = Counter()
        for each in wished & ahead.costs.keys():
            costs[ahead.places[each]] += ahead.costs[each]
        amounts = {node_id: MicroUsd(amount) for node_id, amount in costs.items()}
        return Expectation(max(finishes.values()), _range(finishes, ahead), places, None, amounts)

    async def both_ways(self, works: Sequence[Work]) -> BothWays:
        """The same with what they may spend, with nothing, and with all that may be spent."""
        asked = await self.if_submitted(works)
        limit = works[0].max_cost
        free = await self.if_submitted([replace(work, max_cost=NOTHING) for work in works]) if limit else asked
        if not limit and any(node.costs for node in self._board.nodes()):
            asked_without_limit = await self.if_submitted([replace(work, max_cost=MOST) for work in works])
            return BothWays(asked, free, asked_without_limit if asked_without_limit.costs else None)
        return BothWays(asked, free, asked if asked.costs else None)

    def _why_not(self, nodes: Sequence[NodeView], works: Sequence[Work], ahead: Outlook) -> Reason | None:
        """Of the first that would not be drawn, after what the others are expected to cost."""
        if self._board.paused_since is not None:
            return QUEUE_PAUSED
        allowance, views = Allowance(self._board.held()), {node.id: node for node in nodes}
        for work in works:
            if cost := ahead.costs.get(work.generation_id):
                allowance.take(views[ahead.places[work.generation_id]], work, cost)
        left = next((work for work in works if work.generation_id not in ahead.generations), works[0])
        return self._reason(nodes, left, allowance)

    def node_eta_seconds(self, node_id: NodeId) -> float | None:
        """Seconds until the node has done all that the plan gives it; 0 when it has nothing, None when unknown."""
        finish = self._current().nodes.get(node_id)
        return None if finish is None else max(finish - self._age(), 0.0)

    def forget(self) -> None:
        """The queue has changed so much that the next question needs a new prediction. With a long queue the last one
        stays: one more changes little, and a thousand submissions would cost a thousand long predictions."""
        if self._board.waiting <= PROMPT_UP_TO:
            self._made_at = float("-inf")

    def waiting_for(self, generation_id: GenerationId) -> Reason | None:
        """Why a queued generation waits; None when it does not."""
        work = self._board.work_of(generation_id)
        if work is None:
            return QUEUE_UNREAD if self._board.unread else None
        if self._board.paused_since is not None:
            return QUEUE_PAUSED
        withheld = self._board.withheld.get(generation_id)
        if withheld is not None:
            return withheld
        outlook_now = self._current()
        if work.kind not in self._reasons:
            self._reasons[work.kind] = self._reason(self._nodes, work)
        reason = self._reasons[work.kind]
        node_id = outlook_now.waits_for.get(generation_id)
        if reason is None and node_id is not None:
            sooner = f"waits for {node_id}, which will be done with it sooner than a node that is free now"
            return Reason(ReasonCode.TURN, sooner)
        return reason

    def loading(self, generation_id: GenerationId) -> str | None:
        """The model file that a generation's node is reading, before it can draw; None when it reads none."""
        return self._progress.loading_of(generation_id)

    def stop(self) -> None:
        """Abandon a prediction in progress."""
        if self._in_the_making is not None:
            self._in_the_making.cancel()

    def _predicted(self, snapshot: Snapshot) -> Outlook:
        try:
            return outlook(snapshot, self._estimator, self._board.timings)
        except Exception as error:  # noqa: BLE001 - a fault of a forecast costs the forecast, not the caller
            return self._nothing_known(snapshot, error)

    async def _predicted_in_steps(self, snapshot: Snapshot) -> Outlook:
        try:
            return await _giving_way(outlook_in_steps(snapshot, self._estimator, self._board.timings))
        except Exception as error:  # noqa: BLE001 - as above
            return self._nothing_known(snapshot, error)

    def _nothing_known(self, snapshot: Snapshot, error: Exception) -> Outlook:
        self._broken.note(error, snapshot, self._estimator)
        return Outlook({}, {}, {})

    def _reason(self, nodes: Sequence[NodeView], work: Work, allowance: Allowance | None = None) -> Reason | None:
        allowance = allowance or Allowance(self._board.held())

        def refused(node: NodeView, work: Work) -> Reason | None:
            [timing] = self._board.timings.of(work, [node]) if node.cost or node.away else [None]
            seconds = 0.0 if timing is None else timing.seconds + timing.load
            cost = node.cost.at_most(seconds) if node.cost and timing else NOTHING
            return kept_for_its_owner(node, seconds) or allowance.refusal(node, work, cost)

        try:
            return waiting_reason(nodes, work, refused)
        except Exception:  # a fault in finding the reason
            logger.exception("why generation %s waits cannot be said", work.generation_id)
            return UNSAYABLE

    def _age(self) -> float:
        return self._clock.monotonic() - self._made_at

    def _stale(self) -> bool:
        return self._age() > max(FRESH_SECONDS, self._cost * COST_FACTOR)

    def _current(self) -> Outlook:
        if self._stale() and self._in_the_making is None:
            snapshot = self._board.snapshot()
            if self._board.paused_since is not None:  # unknown when waiting work will start
                snapshot = replace(snapshot, ready=())
            if len(snapshot.ready) <= AT_ONCE_UP_TO:
                began = self._clock.monotonic()
                self._know(snapshot, self._predicted(snapshot), began)
            else:
                self._look_at(snapshot.nodes)
                snapshot = replace(snapshot, ready=copy_of(snapshot.ready))
                self._in_the_making = asyncio.create_task(self._predict(snapshot), name="prediction")
        return self._outlook

    async def _predict(self, snapshot: Snapshot) -> None:
        try:
            began = self._clock.monotonic()
            ahead = await self._predicted_in_steps(snapshot)
            self._know(snapshot, ahead, began)
        finally:
            self._in_the_making = None

    def _know(self, snapshot: Snapshot, ahead: Outlook, began: float) -> None:
        self._look_at(snapshot.nodes)
        self._batch_finishes.clear()
        self._outlook = ahead
        self._made_at = self._clock.monotonic()
        self._cost = self._made_at - began

    def _look_at(self, nodes: tuple[NodeView, ...]) -> None:
        self._nodes = nodes
        self._reasons.clear()


async def _giving_way(steps: Generator[None, None, Outlook]) -> Outlook:
    """Other tasks get a turn after every step."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("Outlook", end.value)
        await asyncio.sleep(0)


def _range(finishes: Mapping[GenerationId, float], ahead: Outlook) -> tuple[float, float]:
    """The least and most seconds, from when the prediction was made, until the last of these is done."""
    low = high = 0.0
    for generation_id, finish in finishes.items():
        node_id = ahead.places.get(generation_id)
        spread = ahead.spreads.get(node_id, LEAST_SPREAD) if node_id is not None else LEAST_SPREAD
        low, high = max(low, finish * (1 - spread)), max(high, finish * (1 + spread))
    return low, high
