"""Plans that never raise: works on which planning fails are set aside, and the rest goes on."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vibes.domain.ids import GenerationId
from vibes.domain.reason import Reason, ReasonCode
from vibes.ports.clock import Clock
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.fair_share import NOTHING_SERVED
from vibes.scheduling.fault_search import culprits, smallest
from vibes.scheduling.planner import Plan, plan
from vibes.scheduling.pull import pull
from vibes.scheduling.snapshot import Snapshot, Work
from vibes.scheduling.timing_book import TimingBook
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.board import Board
from vibes.services.queue.broken_plans import BrokenPlans, signature

logger = logging.getLogger(__name__)

FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 60.0, 900.0
"""Seconds after which works set aside are tried again; doubled each time that they fail again, up to the second."""

FLEET_RETRY_SECONDS = 10.0
"""Least seconds after setting aside until a change of the fleet causes another try; it may change many times a
second."""


class SafePlanning:
    def __init__(self, board: Board, estimator: Estimator, broken: BrokenPlans, clock: Clock) -> None:
        self._board = board
        self._estimator = estimator
        self._broken = broken
        self._clock = clock
        self._set_aside_at = 0.0
        self._retry_seconds = FIRST_RETRY_SECONDS
        self._fleet_changed = False
        self.problem: str | None = None
        """What is wrong with the planning at present, in words; None while nothing is."""

    def fleet_changed(self) -> None:
        """A node came, went or changed: what was set aside may be plannable again."""
        self._fleet_changed = True

    def expected_seconds(self, watch: WatchedNode, work: Work) -> float:
        """Estimated seconds of the work on the node, once it runs."""
        return self._estimator.seconds(self._board.view(watch), work)

    def plan(self) -> Plan:
        """The plan of this moment; of the plannable works if some are not."""
        self._try_again()
        snapshot = self._board.snapshot()
        try:
            planned = plan(snapshot, self._estimator, self._board.timings)
        except Exception as error:  # noqa: BLE001 - a fault of a plan costs the works that cause it, not the hub
            return self._without_what_breaks(snapshot, error)
        if not self._board.withheld:
            self.problem = None
            self._retry_seconds = FIRST_RETRY_SECONDS
        return planned

    def _try_again(self) -> None:
        if not self._board.withheld:
            return
        since = self._clock.monotonic() - self._set_aside_at
        if since >= self._retry_seconds or (self._fleet_changed and since >= FLEET_RETRY_SECONDS):
            self._board.withheld.clear()
            self._retry_seconds = min(2 * self._retry_seconds, LONGEST_RETRY_SECONDS)
            self._fleet_changed = False

    def _without_what_breaks(self, snapshot: Snapshot, error: Exception) -> Plan:
        self._board.timings = TimingBook(self._estimator)
        queue = tuple(snapshot.ready)
        snapshot = replace(snapshot, ready=queue)  # the order that it is kept in may be the fault
        for simpler in _simpler(snapshot):
            planned = self._attempt(simpler)
            if planned is not None:
                self._tell(error, snapshot, "second attempts and fair turns are left out of it")
                return planned
        found = culprits(queue, lambda works: self._breaks(snapshot, works))
        planned = self._attempt(_only(snapshot, found or [])) if found else None
        if found is None or planned is None:
            self._tell(error, snapshot, "each free node takes the first work that it can do")
            return Plan(pull(snapshot), snapshot.ledger)
        self._set_aside(found, error)
        few = smallest(queue, found, lambda works: self._breaks(snapshot, works))
        self._tell(error, replace(snapshot, ready=tuple(few)), f"{len(found)} works are set aside")
        return planned

    def _set_aside(self, works: Sequence[Work], error: Exception) -> None:
        self._set_aside_at = self._clock.monotonic()
        self._fleet_changed = False
        reason = Reason(
            ReasonCode.SET_ASIDE,
            f"set aside: the hub cannot plan it at present (internal error: {signature(error)}). It is tried again "
            f"when the fleet changes, and within {self._retry_seconds / 60:.0f} min; it can be cancelled",
        )
        self._board.withheld |= {work.generation_id: reason for work in works}

    def _tell(self, error: Exception, snapshot: Snapshot, remedy: str) -> None:
        self.problem = f"the plan breaks ({signature(error)}): {remedy}"
        self._broken.note(error, snapshot, self._estimator)
        logger.warning("the planning goes on: %s", remedy)

    def _attempt(self, snapshot: Snapshot) -> Plan | None:
        try:
            return plan(snapshot, self._estimator)
        except Exception:  # noqa: BLE001 - only whether it fails is asked; the first error is reported
            return None

    def _breaks(self, snapshot: Snapshot, works: Sequence[Work]) -> bool:
        return self._attempt(replace(snapshot, ready=tuple(works))) is None


def _simpler(snapshot: Snapshot) -> Iterator[Snapshot]:
    """The same work, with less and less of what a plan considers beside it. The first one only has no remembered
    timings, which may have been the fault."""
    yield snapshot
    yield replace(snapshot, ledger=NOTHING_SERVED)
    yield replace(snapshot, ledger=NOTHING_SERVED, runs=(), prefetched=())


def _only(snapshot: Snapshot, without: Sequence[Work]) -> Snapshot:
    gone: set[GenerationId] = {work.generation_id for work in without}
    return replace(snapshot, ready=tuple(work for work in snapshot.ready if work.generation_id not in gone))
