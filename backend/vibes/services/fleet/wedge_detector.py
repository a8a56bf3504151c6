"""Notices a node whose worker is dead while its web server goes on answering; knows no clock.

How that comes about: docs/comfyui-protocol.md#a-dead-worker.
Two signs, each of which a healthy node shows for a moment only: prompts wait and none runs, or one of ours runs and
nothing has been told of it for very long. What waits there is left there: it vanishes with the restart that mends the
node, and should the worker have been merely slow, it is what shows that it works.
"""

from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import DEFAULT_KIND, NodeQueue
from vibes.domain.reason import Reason, ReasonCode

RESTART_COMFYUI = "restart ComfyUI there"
LOOKS = 3
"""Looks in a row that must show the same: between two prompts a worker may be busy freeing memory."""


def restart_advice(kind: str) -> str:
    """How a person restarts what a node of this kind draws with."""
    return RESTART_COMFYUI if kind == DEFAULT_KIND else "restart what draws there"


class WedgeDetector:
    """``now`` is in seconds of a monotonic clock."""

    def __init__(self, idle_seconds: float, advice: str = RESTART_COMFYUI) -> None:
        """``idle_seconds``: how long prompts may wait while none runs. ``advice``: what mends the node."""
        self._idle_seconds = idle_seconds
        self._advice = advice
        self._head: str | None = None
        """The prompt that is next while none runs."""
        self._since = 0.0
        self._looks = 0
        self._stuck: AttemptId | None = None
        """A prompt that has been running silently for too long."""
        self.reason: Reason | None = None
        """Why the node is held to be wedged, with what to do about it; None when it is not."""

    @property
    def suspicious(self) -> bool:
        """Whether the next look should come soon."""
        return self._head is not None or self.reason is not None

    def look(self, queue: NodeQueue, now: float) -> None:
        """The node's queue at this moment."""
        if self._stuck is not None and self._stuck in queue.running:
            return
        self._stuck = None
        head = queue.pending[0] if queue.pending and not queue.running else None
        if head is None:
            self.clear()
        elif self.reason is None:
            self._look_at(head, len(queue.pending), now)

    def _look_at(self, head: str, waiting: int, now: float) -> None:
        if head != self._head:
            self._head, self._since, self._looks = head, now, 0
        self._looks += 1
        if self._looks >= LOOKS and now - self._since >= self._idle_seconds:
            prompts = "1 prompt waits" if waiting == 1 else f"{waiting} prompts wait"
            self.reason = _wedged(f"{prompts} and none runs: {self._advice}")

    def stuck(self, attempt_id: AttemptId, seconds: float, *, reading: str | None = None) -> None:
        """It is running, and the node has told nothing of it for so long that its worker must have died.

        ``reading``: the model file that it was about to read, if that may be the cause.
        """
        self._stuck = attempt_id
        self.reason = _wedged(
            f"its prompt has not moved for {seconds:.0f} s: {self._advice}"
            if reading is None
            else f"it has been reading {reading} for {seconds:.0f} s: see whether the disk or network drive with its "
            f"models still answers, then {self._advice}"
        )

    def clear(self) -> None:
        """The worker was seen to work, or has nothing to work on."""
        self._head = self._stuck = self.reason = None


def _wedged(sentence: str) -> Reason:
    return Reason(ReasonCode.WEDGED, sentence)
