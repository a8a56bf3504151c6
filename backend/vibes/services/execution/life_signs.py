"""Tells a prompt whose worker must be dead from one that reads a model file from a slow disk."""

from vibes.ports.clock import Clock
from vibes.services.events.progress import ProgressTracker
from vibes.services.execution.lost_attempts import wedged
from vibes.services.execution.outcomes import Lost
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.board import Board

SILENT_ESTIMATES = 6.0
"""When a running prompt has given no sign of life for longer than the silent limit and for longer than so many times
its estimated seconds, it is lost and its node wedged."""
MOST_LOAD_LIMITS = 30.0
"""While a model file is read, the silent limit is multiplied by the expected seconds of reading, at most by this: an
hour with a limit of 120 s."""


class LifeSigns:
    def __init__(self, board: Board, progress: ProgressTracker, clock: Clock, silent_limit: float) -> None:
        """``silent_limit``: seconds; see `AttemptTimes`."""
        self._board = board
        self._progress = progress
        self._clock = clock
        self._silent_limit = silent_limit

    def missed(self, active: ActiveAttempt, watch: WatchedNode) -> Lost | None:
        """Lost when the node has told nothing of a running prompt for so long that its worker must be dead. The prompt
        counts as the cause, and the node's watch is told."""
        measured = active.measured
        silent = self._clock.monotonic() - max(measured.heard_at, measured.running_since or 0.0, measured.assigned_at)
        reading = self._reads(active)
        limit = self._silent_limit
        if reading is not None:
            limit *= min(max(self._board.load_seconds(active), 1.0), MOST_LOAD_LIMITS)
        if silent <= max(limit, SILENT_ESTIMATES * measured.expected_seconds):
            return None
        watch.note_stuck(active.id, silent, reading=reading)
        return wedged(watch, died=True)

    def _reads(self, active: ActiveAttempt) -> str | None:
        """The model file that explains the silence: the one known to be read, or until the first step the checkpoint,
        if it was not known to be loaded."""
        loading = active.evidence.loading
        if loading is not None or active.measured.warm or self._progress.has_begun(active.id):
            return loading
        return active.work.spec.checkpoint
