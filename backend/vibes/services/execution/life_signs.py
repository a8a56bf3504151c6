"""Tells a prompt whose worker must be dead from one that reads a model file from a slow disk."""

from vibes.ports.clock import Clock
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.outcomes import Lost
from vibes.services.fleet.health_monitor import NodeWatch
from vibes.services.queue.board import ActiveAttempt, Board

SILENT_ESTIMATES = 6.0
"""A node must also have been silent for so many times the whole run's estimate before its worker is held to be dead."""
MOST_LOAD_LIMITS = 30.0
"""No file is waited for longer than so many silent limits, an hour, unless it was thought to take that long."""


class LifeSigns:
    def __init__(self, board: Board, progress: ProgressTracker, clock: Clock, silent_limit: float) -> None:
        """``silent_limit``: seconds; see `AttemptTimes`."""
        self._board = board
        self._progress = progress
        self._clock = clock
        self._silent_limit = silent_limit

    def require(self, active: ActiveAttempt, watch: NodeWatch) -> None:
        """Raises Lost when the node has told nothing of a running prompt for so long that its worker must be dead. It
        died of this prompt for all we know."""
        since = max(active.heard_at, active.running_since or 0.0, active.assigned_at)
        silent = self._clock.monotonic() - since
        reading = self._reads(active)
        limit = self._silent_limit
        if reading is not None:
            limit *= min(max(self._board.load_seconds(active), 1.0), MOST_LOAD_LIMITS)
        if silent > max(limit, SILENT_ESTIMATES * active.expected_seconds):
            watch.note_stuck(active.id, silent, reading=reading)
            raise Lost(f"{watch.config.id} is wedged: {watch.reason}", may_return=True, node_died=True, noted=True)

    def _reads(self, active: ActiveAttempt) -> str | None:
        """The model file that its silence may come from: the one it is known to read, or, until its first step, the one
        that was not known to be loaded."""
        if active.loading is not None or active.warm or self._progress.has_begun(active.id):
            return active.loading
        return active.work.spec.checkpoint
