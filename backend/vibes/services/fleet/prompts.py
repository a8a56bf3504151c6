"""Which prompts on a node are ours, and whether it has others."""

from collections import deque

from vibes.domain.ids import AttemptId
from vibes.domain.node import NodeQueue

REMEMBERED_ATTEMPTS = 100
"""How many of our latest prompts are told apart from foreign ones in the node's queue."""


class NodePrompts:
    def __init__(self) -> None:
        self._active: set[AttemptId] = set()
        self._own: deque[str] = deque(maxlen=REMEMBERED_ATTEMPTS)

    @property
    def active(self) -> frozenset[AttemptId]:
        """Our attempts that are on the node."""
        return frozenset(self._active)

    def begin(self, attempt_id: AttemptId) -> None:
        """From now on its prompt is told apart from foreign ones."""
        self._active.add(attempt_id)
        self._own.append(attempt_id)

    def note(self, prompt_id: AttemptId) -> None:
        """A prompt of ours that is no attempt: it is not taken for somebody else's."""
        self._own.append(prompt_id)

    def end(self, attempt_id: AttemptId) -> None:
        self._active.discard(attempt_id)

    def foreign(self, queue: NodeQueue) -> int:
        """How many in it are not ours."""
        return sum(prompt_id not in self._own for prompt_id in (*queue.running, *queue.pending))

    def contradicts(self, length: int, queue: NodeQueue) -> bool:
        """Whether a node that says to have so many prompts must have got, or may have lost, some of somebody else's
        since its queue was this one."""
        foreign = self.foreign(queue)
        thought = foreign + len(self._active)
        return length > thought or (foreign > 0 and length < thought)
