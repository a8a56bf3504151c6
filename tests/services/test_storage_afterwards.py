"""What is written about attempts after their end."""

from datetime import datetime, timedelta

from tests.factories import NOON, begin_attempt, store_batch
from vibes.domain.attempt import AttemptState
from vibes.ports.storage import Storage


async def test_a_death_that_was_none_is_taken_back_once(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    await storage.attempts.give_up(attempt.id, AttemptState.LOST, "gone", at=NOON, node_died=True)

    assert [await storage.attempts.absolve(attempt.id) for _ in range(2)] == [True, False]

    assert await storage.attempts.deaths() == {}
    found = await storage.attempts.get(attempt.id)
    assert found is not None
    assert found.state is AttemptState.LOST


async def test_graphs_of_ended_attempts_are_forgotten_by_age_and_open_ones_keep_theirs(storage: Storage) -> None:
    ended, running = await store_batch(storage, count=2)
    old = await begin_attempt(storage, ended)
    await storage.attempts.give_up(old.id, AttemptState.LOST, "gone", at=NOON)
    kept = await begin_attempt(storage, running)
    hour = timedelta(hours=1)

    async def forget(before: datetime) -> int:
        return await storage.attempts.forget_graphs(created_from=NOON - hour, created_before=before)

    assert await forget(NOON) == 0, "not old enough"
    assert await forget(NOON + hour) == 1
    assert await forget(NOON + hour) == 0, "nothing is written twice"
    graphs = {each: found.sent for each in (old.id, kept.id) if (found := await storage.attempts.get(each))}
    assert (graphs[old.id], graphs[kept.id]) == ({}, kept.sent)
