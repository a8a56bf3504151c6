"""What may have been paid for in vain, and what becomes of that."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.errors import Conflict, NotFound
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import AttemptId
from vibes.domain.money import NOTHING
from vibes.domain.spending import UNCLEAR, Answer, Finding, MaybePaidAttempt
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.generations.materials import Materials
from vibes.services.generations.service import GenerationService
from vibes.services.queue.spending import Spending

MOST_LISTED = 1000

Action = Literal["find_out", "give_up", "pay_again"]
FindOut = Callable[[Attempt, Generation, Work], Awaitable[Answer]]
"""Asks the attempt's node."""

_WRITTEN_OFF = "a person gave it up: it counts as paid for"


class CostService:
    def __init__(
        self,
        storage: Storage,
        generations: GenerationService,
        materials: Materials,
        spending: Spending,
        find_out: FindOut,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._generations = generations
        self._materials = materials
        self._spending = spending
        self._find_out = find_out
        self._clock = clock

    async def maybe_paid(self) -> Sequence[MaybePaidAttempt]:
        """Oldest first, ``MOST_LISTED`` at most."""
        return await self._storage.spendings.maybe_paid(limit=MOST_LISTED)

    async def count_maybe_paid(self) -> int:
        return await self._storage.spendings.count_maybe_paid()

    async def resolve(self, attempt_id: AttemptId, action: Action) -> tuple[Answer, Generation]:
        """What came of it, and its generation afterwards. Raises NotFound, and Conflict for an attempt that was settled
        already."""
        attempt, generation = await self._unsettled(attempt_id)
        match action:
            case "find_out":
                answer = await self._ask(attempt, generation)
            case "give_up":
                await self._write_off(attempt)
                answer = Answer(attempt_id, Finding.GIVEN_UP, _WRITTEN_OFF)
            case "pay_again":
                answer = await self._pay_again(attempt, generation)
        await self._spending.load()
        return answer, await self._generations.get(generation.id)

    async def _unsettled(self, attempt_id: AttemptId) -> tuple[Attempt, Generation]:
        attempt = await self._storage.attempts.get(attempt_id)
        if attempt is None:
            raise NotFound(f"there is no attempt {attempt_id}", code="unknown_attempt")
        if attempt.state is not AttemptState.MAYBE_PAID:
            raise Conflict(f"nothing is unclear about attempt {attempt_id}: it is {attempt.state}", code="not_unclear")
        return attempt, await self._generations.get(attempt.generation_id)

    async def _ask(self, attempt: Attempt, generation: Generation) -> Answer:
        batch = await self._generations.batch(generation.batch_id)
        [work] = await self._materials.works_for(batch, [generation])
        return await self._find_out(attempt, generation, work)

    async def _write_off(self, attempt: Attempt) -> None:
        at = self._clock.now()
        state = AttemptState.GIVEN_UP
        if not await self._storage.spendings.resolve(attempt.id, state, _WRITTEN_OFF, UNCLEAR, at=at):
            raise Conflict(f"attempt {attempt.id} was settled a moment ago", code="not_unclear")

    async def _pay_again(self, attempt: Attempt, generation: Generation) -> Answer:
        """The limit of its batch grows by what is written off, so that there is as much to spend as there was."""
        if generation.status is not GenerationStatus.FAILED:
            raise Conflict(f"its picture is {generation.status}: nothing is to be paid again", code="not_retryable")
        amount = await self._storage.spendings.amount_of(attempt.id)
        await self._write_off(attempt)
        await self._storage.spendings.allow_more(generation.batch_id, amount or NOTHING)
        await self._spending.load()
        await self._generations.retry(generation.id)
        return Answer(attempt.id, Finding.QUEUED, "it is written off, and its picture is asked for once more")
