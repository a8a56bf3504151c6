"""Stops work that a person, or a job that ended, wants no more: rows first, nodes second."""

from collections.abc import Callable, Iterable, Sequence

from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board

CANCELLED_AT_ONCE = 200
"""Of a batch or session of thousands: others get their turn in between."""


class Cancellation:
    def __init__(
        self,
        storage: Storage,
        board: Board,
        announcer: Announcer,
        clock: Clock,
        cancel_attempts: Callable[[Iterable[GenerationId]], None],
    ) -> None:
        """``cancel_attempts`` takes these from the queue and stops them on their nodes, without waiting for that."""
        self._storage = storage
        self._board = board
        self._announcer = announcer
        self._clock = clock
        self._cancel_attempts = cancel_attempts

    async def cancel_these(self, generations: Sequence[Generation]) -> None:
        """Those of them that are open."""
        open_ones = [each for each in generations if not each.status.terminal]
        waiting = self._board.set_aside(each.id for each in open_ones)
        try:
            for start in range(0, len(open_ones), CANCELLED_AT_ONCE):
                await self._cancel_some(open_ones[start : start + CANCELLED_AT_ONCE])
        except BaseException:  # whoever asked may be gone as well
            for generation, work in waiting:
                self._board.add(generation, work)  # where its row did move, the claim will fail and end it
            raise

    async def _cancel_some(self, generations: Sequence[Generation]) -> None:
        """Nothing may come between the rows' move and the attempts': a retry in between would be stopped as well."""
        ids = [each.id for each in generations]
        moved = set(await self._storage.generations.cancel_all(ids, at=self._clock.now()))
        self._cancel_attempts(moved)
        for generation in generations:
            if generation.id in moved:
                self._announcer.cancelled(generation)
