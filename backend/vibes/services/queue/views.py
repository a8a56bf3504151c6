"""The queue for people: what waits, what runs and when it will be done, as values."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.money import NOTHING
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import Work
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.board import Board
from vibes.services.queue.forecast import Forecast
from vibes.services.queue.queue_view import (
    NO_PROSPECT,
    BatchProspect,
    BothWays,
    MeasuredSpeed,
    NodeLoad,
    OnNodeState,
    Prospect,
    QueueStanding,
    WaitingWork,
    WorkOnNode,
)


class QueueViews:
    def __init__(self, board: Board, forecast: Forecast, estimator: Estimator) -> None:
        self._board = board
        self._forecast = forecast
        self._estimator = estimator

    @property
    def paused_since(self) -> datetime | None:
        return self._board.paused_since

    @property
    def waiting(self) -> int:
        """Generations in memory that wait for a node."""
        return self._board.waiting

    @property
    def storage_problem(self) -> str | None:
        """Why finished pictures cannot be stored at present; None while they can."""
        return self._board.storage_problem

    def prospect(self, generation: Generation) -> Prospect:
        if generation.status.terminal:
            return NO_PROSPECT
        queued = generation.status is GenerationStatus.QUEUED
        return Prospect(
            eta_seconds=self._forecast.eta_seconds(generation.id),
            eta_range_seconds=self._forecast.eta_range_seconds([generation.id]),
            waiting_for=self._forecast.waiting_for(generation.id) if queued else None,
            loading=self._forecast.loading(generation.id),
        )

    def batch_prospect(self, generations: Sequence[Generation]) -> BatchProspect:
        """``generations``: all of one batch."""
        unfinished = [each.id for each in generations if not each.status.terminal]
        if not unfinished:
            return BatchProspect(0.0, None)
        return BatchProspect(
            self._forecast.latest_eta_seconds(unfinished), self._forecast.eta_range_seconds(unfinished)
        )

    async def both_ways(self, works: Sequence[Work]) -> BothWays:
        """The prediction if these were queued now, computed anew: with what they may spend, and otherwise."""
        return await self._forecast.both_ways(works)

    def standing(self) -> QueueStanding:
        board = self._board
        on_nodes = tuple(self._on_node(active) for active in board.active.values())
        return QueueStanding(board.paused_since, board.waiting + board.unread, on_nodes)

    async def waiting_in_order(self, offset: int, limit: int) -> Iterator[WaitingWork]:
        """What waits, in the order in which it gets its turn, as far as that can be known now. Each one is computed
        when it is read, so that a long page can be made in slices."""
        page = await self._board.waiting_in_order(offset, limit)
        return (self._waiting(position, *place) for position, place in enumerate(page, start=offset))

    def attempts_on(self, node_id: NodeId) -> int:
        return len(self._board.on_node(node_id))

    def load(self, node_id: NodeId) -> NodeLoad:
        held = self._board.held()
        return NodeLoad(
            generations=tuple(active.generation for active in self._board.on_node(node_id)),
            eta_seconds=self._forecast.node_eta_seconds(node_id),
            spent_today=held.today.get(node_id, NOTHING),
            spent_this_month=held.this_month.get(node_id, NOTHING),
            speeds={
                family: MeasuredSpeed(speed.seconds_per_step_megapixel, speed.samples)
                for family, speed in self._estimator.measured(node_id).items()
            },
        )

    def _waiting(self, position: int, generation: Generation, work: Work) -> WaitingWork:
        return WaitingWork(
            position=position,
            generation=generation,
            priority=work.priority,
            eta_seconds=self._forecast.eta_seconds(generation.id),
            waiting_for=self._forecast.waiting_for(generation.id),
        )

    def _on_node(self, active: ActiveAttempt) -> WorkOnNode:
        state: OnNodeState = "fetching" if active.collecting else "waiting" if active.prefetched else "running"
        eta_seconds = self._forecast.eta_seconds(active.generation.id)
        return WorkOnNode(active.node_id, active.generation, state, eta_seconds)
