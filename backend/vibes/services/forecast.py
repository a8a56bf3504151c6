"""When things will be done: one prediction of the whole queue, shared for a moment by all who ask."""

from collections.abc import Collection

from vibes.domain.ids import GenerationId
from vibes.scheduling.bounds import predicted_finishes
from vibes.scheduling.eligibility import waiting_reason
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.snapshot import NodeView
from vibes.services.board import Board
from vibes.services.ports import Clock

FRESH_SECONDS = 0.5
"""How long one prediction is good enough; progress events come faster than plans change."""


class Forecast:
    def __init__(self, board: Board, estimator: Estimator, clock: Clock) -> None:
        self._board = board
        self._estimator = estimator
        self._clock = clock
        self._finishes: dict[GenerationId, float] = {}
        self._nodes: tuple[NodeView, ...] = ()
        self._made_at = float("-inf")

    def eta_seconds(self, generation_id: GenerationId) -> float | None:
        """Seconds until this generation is done; None when nothing can be said."""
        finish = self._current().get(generation_id)
        return None if finish is None else max(finish - self._age(), 0.0)

    def latest_eta_seconds(self, generation_ids: Collection[GenerationId]) -> float | None:
        """Seconds until the last of these is done; None when nothing can be said of one of them."""
        finishes = self._current()
        if not generation_ids or any(generation_id not in finishes for generation_id in generation_ids):
            return None
        return max(max(finishes[generation_id] for generation_id in generation_ids) - self._age(), 0.0)

    def waiting_for(self, generation_id: GenerationId) -> str | None:
        """Why a queued generation waits, in words; None when it does not."""
        work = self._board.work_of(generation_id)
        if work is None:
            return None
        self._current()
        return waiting_reason(self._nodes, work)

    def _age(self) -> float:
        return self._clock.monotonic() - self._made_at

    def _current(self) -> dict[GenerationId, float]:
        if self._age() > FRESH_SECONDS:
            snapshot = self._board.snapshot()
            self._nodes = snapshot.nodes
            self._finishes = predicted_finishes(snapshot, self._estimator)
            self._made_at = self._clock.monotonic()
        return self._finishes
