"""Notices a node whose worker is dead while its web server goes on answering (PROTOCOL §0.2, §7.4).

Knows no clock: whoever asks says what time it is.
"""

from vibes.domain.ids import AttemptId
from vibes.domain.node import NodeQueue

LOOKS = 3
"""Between two prompts a queue may be seen with nothing running; not in three looks over seconds."""

ADVICE = "restart ComfyUI there"


class WedgeDetector:
    """Fed with every look at the node's queue."""

    def __init__(self, idle_seconds: float) -> None:
        """``idle_seconds``: how long prompts may wait while none runs."""
        self._idle_seconds = idle_seconds
        self._idle_since: float | None = None
        self._looks = 0
        self._stuck: AttemptId | None = None
        self.reason: str | None = None
        """Why the node is taken for wedged, in words; None while it is not."""

    @property
    def suspicious(self) -> bool:
        """Worth another look soon."""
        return self._idle_since is not None

    def look(self, queue: NodeQueue, now: float) -> None:
        if queue.pending and not queue.running:
            self._idle_since = now if self._idle_since is None else self._idle_since
            self._looks += 1
            if self._looks >= LOOKS and now - self._idle_since >= self._idle_seconds:
                self.reason = f"{len(queue.pending)} prompts wait and none runs: {ADVICE}"
            return
        self._idle_since, self._looks = None, 0
        moved = self._stuck not in queue.running if self._stuck else bool(queue.running)
        if self.reason is not None and moved:
            self.clear()

    def stuck(self, attempt_id: AttemptId, seconds: float) -> None:
        """A prompt has been running without a sign of life for too long."""
        self._stuck = attempt_id
        self.reason = f"a prompt has been running for {seconds:.0f} s without a sign of life: {ADVICE}"

    def clear(self) -> None:
        """The node was restarted, or its worker runs again."""
        self._idle_since, self._looks, self._stuck, self.reason = None, 0, None, None
