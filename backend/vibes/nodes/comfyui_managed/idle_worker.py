"""Notices a worker that takes nothing of what is queued, although its ComfyUI answers; knows no clock."""

from vibes.domain.nodes.node import NodeQueue

IDLE_SECONDS = 60.0
LOOKS = 5
"""Looks in a row that must show the same, too: between two prompts a worker may be busy freeing memory."""


class IdleWorker:
    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._head: str | None = None
        self._since = 0.0
        self._looks = 0

    def dead(self, queue: NodeQueue, now: float) -> bool:
        """Whether prompts have been waiting for so long while none ran. ``now``: seconds of a monotonic clock."""
        head = queue.pending[0] if queue.pending and not queue.running else None
        if head != self._head:
            self._head, self._since, self._looks = head, now, 0
        self._looks += 1
        return head is not None and self._looks >= LOOKS and now - self._since >= self._idle_seconds
