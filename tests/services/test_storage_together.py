"""Many at once, on every database: nobody is locked out, nobody sees half of anything, nobody's fault is another's."""

import asyncio

from tests.factories import NOON, begin_attempt, make_attempt, make_batch_of, make_session, store_batch
from tests.waiting import deadline
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import Conflict
from vibes.domain.generation import Generation, GenerationStatus
from vibes.ports.storage import Storage

WRITERS = 16
ROUNDS = 24


async def test_sixteen_writers_that_read_before_they_write_never_find_the_database_locked(storage: Storage) -> None:
    generations = await store_batch(storage, WRITERS)

    async def work(generation: Generation) -> None:
        for _ in range(ROUNDS):
            attempt = await begin_attempt(storage, generation)
            found = await storage.generations.get(generation.id)
            assert found is not None
            assert found.status == GenerationStatus.GENERATING
            assert await storage.attempts.give_up(attempt.id, AttemptState.LOST, None, at=NOON)

    async with deadline():
        await asyncio.gather(*(work(generation) for generation in generations))

    assert (await storage.generations.count_by_status())[GenerationStatus.QUEUED] == WRITERS
    assert len(await storage.attempts.of_generation(generations[0].id)) == ROUNDS


async def test_readers_see_a_batch_whole_or_not_at_all(storage: Storage) -> None:
    session = make_session()
    await storage.sessions.add(session)
    batch, generations = make_batch_of(1000, session_id=session.id)

    writing = asyncio.create_task(storage.generations.add_batch(batch, generations, None))
    seen = set()
    while not writing.done():
        seen.add(len(await storage.generations.of_batch(batch.id)))
    await writing

    assert seen <= {0, 1000}
    assert len(await storage.generations.of_batch(batch.id)) == 1000


async def test_a_refused_write_does_not_take_its_neighbours_down(storage: Storage) -> None:
    generations = await store_batch(storage, 6)
    used = make_attempt(generation_id=generations[0].id)
    attempts = [used] + [make_attempt(generation_id=generation.id) for generation in generations[1:]]
    clash = make_attempt(id=used.id, generation_id=generations[1].id)

    outcomes = await asyncio.gather(
        *(storage.attempts.begin(attempt) for attempt in (*attempts[:1], clash, *attempts[1:])),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [bool, Conflict, bool, bool, bool, bool, bool]
    assert {attempt.id for attempt in await storage.attempts.open_attempts()} == {one.id for one in attempts}


async def test_readers_that_are_cancelled_leave_their_connections_usable(storage: Storage) -> None:
    (generation,) = await store_batch(storage)

    for _ in range(5):
        callers = [asyncio.create_task(storage.generations.get(generation.id)) for _ in range(10)]
        assert await callers[0] == generation
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)

    async with deadline():
        assert await storage.generations.get(generation.id) == generation
