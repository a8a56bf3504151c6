"""Which prompts on a node are ours, and whether there are others."""

import asyncio
from collections import deque

from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import NodeQueue

REMEMBERED_ATTEMPTS = 100
"""So many of our latest prompts are recognised in the node's queue; older ones count as foreign."""


class NodePrompts:
    def __init__(self) -> None:
        self._active: set[AttemptId] = set()
        self.none_active = asyncio.Event()
        """Set while none of our attempts is on the node."""
        self.none_active.set()
        self._own: deque[str] = deque(maxlen=REMEMBERED_ATTEMPTS)

    @property
    def active(self) -> frozenset[AttemptId]:
        """Our attempts on the node."""
        return frozenset(self._active)

    def begin(self, attempt_id: AttemptId) -> None:
        """Recognise the attempt's prompt as ours from now on."""
        self._active.add(attempt_id)
        self.none_active.clear()
        self._own.append(attempt_id)

    def note(self, prompt_id: AttemptId) -> None:
        """Recognise a prompt of ours that is no attempt."""
        self._own.append(prompt_id)

    def end(self, attempt_id: AttemptId) -> None:
        self._active.discard(attempt_id)
        if not self._active:
            self.none_active.set()

    def foreign(self, queue: NodeQueue) -> int:
        """How many prompts in it are not ours."""
        return sum(prompt_id not in self._own for prompt_id in (*queue.running, *queue.pending))

    def contradicts(self, length: int, queue: NodeQueue) -> bool:
        """Whether a node that reports this many prompts must have got, or may have lost, foreign ones since this queue
        was read."""
        foreign = self.foreign(queue)
        thought = foreign + len(self._active)
        return length > thought or (foreign > 0 and length < thought)
