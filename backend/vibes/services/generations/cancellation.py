"""Cancels work that a person, or an ended job, no longer wants: rows first, nodes second."""

from collections.abc import Callable, Iterable, Sequence

from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board

CANCELLED_AT_ONCE = 200
"""Generations cancelled at once; of thousands, other tasks get a turn in between."""


class Cancellation:
    def __init__(
        self,
        storage: Storage,
        board: Board,
        announcer: Announcer,
        clock: Clock,
        cancel_attempts: Callable[[Iterable[GenerationId]], None],
    ) -> None:
        """``cancel_attempts``: takes these from the queue and stops them on their nodes, without waiting for that."""
        self._storage = storage
        self._board = board
        self._announcer = announcer
        self._clock = clock
        self._cancel_attempts = cancel_attempts

    async def cancel_these(self, generations: Sequence[Generation]) -> None:
        """Cancel those that are open."""
        open_ones = [each for each in generations if not each.status.terminal]
        waiting = self._board.set_aside(each.id for each in open_ones)
        try:
            for start in range(0, len(open_ones), CANCELLED_AT_ONCE):
                await self._cancel_some(open_ones[start : start + CANCELLED_AT_ONCE])
        except BaseException:  # the caller may be cancelled as well
            for generation, work in waiting:
                self._board.add(generation, work)  # if its row was changed after all, the claim fails and ends it
            raise

    async def _cancel_some(self, generations: Sequence[Generation]) -> None:
        """Nothing may come between the change of the rows and that of the attempts: a retry in between would be stopped
        too."""
        ids = [each.id for each in generations]
        moved = set(await self._storage.generations.cancel_all(ids, at=self._clock.now()))
        self._cancel_attempts(moved)
        for generation in generations:
            if generation.id in moved:
                self._announcer.cancelled(generation)
