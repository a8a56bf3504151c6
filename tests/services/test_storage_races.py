"""However many callers try one move at once, exactly one makes it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.factories import NOON, begin_attempt, make_attempt, make_image, store_batch
from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.generation import Generation
from vibes.ports.storage import Storage

CALLERS = 12


async def won(storage: Storage, attempt: Attempt) -> bool:
    return await storage.attempts.win(attempt.id, [make_image()], generation_time_ms=900, at=NOON)


Move = Callable[[Storage, Generation, Attempt], Awaitable[bool]]


MOVES_OF_RUNNING: dict[str, Move] = {
    "cancel": lambda storage, generation, _: storage.generations.cancel(generation.id, at=NOON),
    "fail": lambda storage, generation, _: storage.generations.fail(generation.id, "no", at=NOON),
    "advance": lambda storage, _, attempt: storage.attempts.advance(attempt.id, AttemptState.SUBMITTED),
    "win": lambda storage, _, attempt: won(storage, attempt),
    "give up": lambda storage, _, attempt: storage.attempts.give_up(attempt.id, AttemptState.LOST, None, at=NOON),
    "fail by attempt": lambda storage, _, attempt: storage.attempts.fail(attempt.id, "no", at=NOON),
    "close": lambda storage, _, attempt: storage.attempts.close(attempt.id, AttemptState.LOST, at=NOON),
}


@pytest.mark.parametrize("move", MOVES_OF_RUNNING)
async def test_of_many_callers_who_try_one_move_exactly_one_makes_it(storage: Storage, move: str) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)

    made = await asyncio.gather(*(MOVES_OF_RUNNING[move](storage, generation, attempt) for _ in range(CALLERS)))

    assert sorted(made) == [False] * (CALLERS - 1) + [True]


async def test_of_many_callers_who_begin_one_generation_exactly_one_does(storage: Storage) -> None:
    (generation,) = await store_batch(storage)

    made = await asyncio.gather(
        *(storage.attempts.begin(make_attempt(generation_id=generation.id)) for _ in range(CALLERS))
    )

    assert sorted(made) == [False] * (CALLERS - 1) + [True]
    assert len(await storage.attempts.of_generation(generation.id)) == 1


async def test_of_many_callers_who_retry_one_generation_exactly_one_does(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    await storage.generations.cancel(generation.id, at=NOON)

    made = await asyncio.gather(*(storage.generations.retry(generation.id) for _ in range(CALLERS)))

    assert sorted(made) == [False] * (CALLERS - 1) + [True]


async def test_when_ends_compete_one_is_the_end(storage: Storage) -> None:
    generations = await store_batch(storage, 6)
    attempts = [await begin_attempt(storage, generation) for generation in generations]
    competing: list[Awaitable[bool]] = []
    for turn, (generation, attempt) in enumerate(zip(generations, attempts, strict=True)):
        ends = (
            storage.generations.cancel(generation.id, at=NOON),
            won(storage, attempt),
            storage.generations.fail(generation.id, "no", at=NOON),
        )
        competing += (ends * 2)[turn % 3 : turn % 3 + 3]

    made = await asyncio.gather(*competing)

    assert sum(made) == len(generations)
    statuses = sorted(generation.status for generation in await storage.generations.of_batch(generations[0].batch_id))
    assert statuses == ["cancelled"] * 2 + ["complete"] * 2 + ["failed"] * 2
