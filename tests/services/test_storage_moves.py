"""The life of generations and attempts: every move is made by exactly one caller, and terminal states are final."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.factories import NOON, begin_attempt, make_attempt, make_image, make_spec, mark_discarded, store_batch
from vibes.domain.attempt import OPEN_ATTEMPT_STATES, Attempt, AttemptState
from vibes.domain.errors import Conflict
from vibes.domain.generation import Generation, GenerationStatus, StoredImage
from vibes.domain.ids import NodeId, new_generation_id
from vibes.ports.storage import Storage

LATER = NOON + timedelta(seconds=5)


async def stored(storage: Storage, generation: Generation) -> Generation:
    found = await storage.generations.get(generation.id)
    assert found is not None
    return found


async def status_of(storage: Storage, generation: Generation) -> GenerationStatus:
    return (await stored(storage, generation)).status


async def attempt_state(storage: Storage, attempt: Attempt) -> AttemptState:
    found = await storage.attempts.get(attempt.id)
    assert found is not None
    return found.state


async def replacement_of(storage: Storage, attempt: Attempt, node: str) -> Attempt:
    """An attempt on another node, after the first was given up for lost."""
    await storage.attempts.give_up(attempt.id, AttemptState.LOST, None, at=NOON)
    replacement = make_attempt(generation_id=attempt.generation_id, node_id=NodeId(node))
    assert await storage.attempts.begin(replacement)
    return replacement


async def second_open_attempt(storage: Storage, generation: Generation) -> Attempt:
    """One more beside the open attempt, which belongs to a life of the generation that a cancel has ended."""
    assert await storage.generations.cancel(generation.id, at=NOON)
    assert await storage.generations.retry(generation.id)
    return await begin_attempt(storage, generation, node_id=NodeId("cellar"))


async def won(storage: Storage, attempt: Attempt, image: StoredImage | None = None) -> bool:
    return await storage.attempts.win(attempt.id, [image or make_image()], generation_time_ms=900, at=LATER)


async def test_beginning_an_attempt_takes_its_generation_out_of_the_queue(storage: Storage) -> None:
    (generation,) = await store_batch(storage)

    attempt = await begin_attempt(storage, generation)

    assert await status_of(storage, generation) == GenerationStatus.GENERATING
    assert await storage.attempts.open_attempts() == [attempt]


async def test_a_generation_that_is_not_queued_cannot_be_begun_and_nothing_is_written(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    await storage.generations.cancel(generation.id, at=NOON)
    late = make_attempt(generation_id=generation.id)

    assert not await storage.attempts.begin(late)
    assert not await storage.attempts.begin(make_attempt(generation_id=new_generation_id()))

    assert await storage.attempts.get(late.id) is None
    assert await status_of(storage, generation) == GenerationStatus.CANCELLED


async def test_an_attempt_id_that_was_used_before_leaves_its_generation_queued(storage: Storage) -> None:
    first, second = await store_batch(storage, 2)
    attempt = await begin_attempt(storage, first)

    with pytest.raises(Conflict, match="exist already"):
        await storage.attempts.begin(make_attempt(id=attempt.id, generation_id=second.id))

    assert await status_of(storage, second) == GenerationStatus.QUEUED


async def test_a_second_attempt_is_written_beside_the_first_and_changes_nothing_else(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    first = await begin_attempt(storage, generation)
    second = make_attempt(generation_id=generation.id, node_id=NodeId("cellar"))

    assert await storage.attempts.begin_second(second)

    assert {attempt.id for attempt in await storage.attempts.open_attempts()} == {first.id, second.id}
    stored = await storage.generations.get(generation.id)
    assert stored is not None
    assert (stored.status, stored.node_id) == (GenerationStatus.GENERATING, first.node_id)
    assert not await storage.attempts.give_up(first.id, AttemptState.LOST, "gone", at=LATER), "the second goes on"
    assert await won(storage, second)


async def test_nodes_that_died_with_a_job_are_counted_while_it_is_open(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    for died in (True, False, True):
        attempt = await begin_attempt(storage, generation)
        await storage.attempts.give_up(attempt.id, AttemptState.LOST, "gone", at=LATER, node_died=died)

    assert await storage.attempts.deaths() == {generation.id: 2}

    await storage.generations.fail(generation.id, "enough", at=LATER)
    assert await storage.attempts.deaths() == {}


async def test_a_pause_of_the_queue_keeps_its_first_moment_until_it_ends(storage: Storage) -> None:
    assert await storage.queue.paused_since() is None
    await storage.queue.pause(NOON)
    await storage.queue.pause(LATER)
    assert await storage.queue.paused_since() == NOON
    await storage.queue.resume()
    assert await storage.queue.paused_since() is None


async def test_what_is_not_generating_gets_no_second_attempt(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    second = make_attempt(generation_id=generation.id)

    assert not await storage.attempts.begin_second(second)

    assert await storage.attempts.get(second.id) is None
    assert await status_of(storage, generation) == GenerationStatus.QUEUED


async def test_a_win_completes_the_generation_with_its_image_and_node(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    image = make_image(width=640)

    assert await won(storage, attempt, image)

    complete = await stored(storage, generation)
    assert (complete.status, complete.image, complete.node_id) == (
        GenerationStatus.COMPLETE,
        image,
        attempt.node_id,
    )
    assert (complete.generation_time_ms, complete.completed_at) == (900, LATER)
    ended = await storage.attempts.get(attempt.id)
    assert ended is not None
    assert (ended.state, ended.finished_at) == (AttemptState.WON, LATER)


async def test_a_win_supersedes_the_other_open_attempts_and_no_closed_one(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    lost = await begin_attempt(storage, generation)
    open_one = await replacement_of(storage, lost, "cellar")
    winner = await second_open_attempt(storage, generation)

    assert await won(storage, winner)

    assert await attempt_state(storage, winner) == AttemptState.WON
    assert await attempt_state(storage, open_one) == AttemptState.SUPERSEDED
    assert await attempt_state(storage, lost) == AttemptState.LOST
    assert await storage.attempts.open_attempts() == []


async def test_a_late_result_of_a_lost_attempt_is_taken_while_the_generation_is_open(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    lost = await begin_attempt(storage, generation)
    replacement = await replacement_of(storage, lost, "cellar")

    assert await won(storage, lost)

    assert (await stored(storage, generation)).node_id == lost.node_id
    assert await attempt_state(storage, lost) == AttemptState.WON
    assert await attempt_state(storage, replacement) == AttemptState.SUPERSEDED


async def test_a_late_result_of_a_complete_generation_is_superseded(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    lost = await begin_attempt(storage, generation)
    winner = await replacement_of(storage, lost, "cellar")
    assert await won(storage, winner, make_image(sha256="aa"))

    assert not await won(storage, lost, make_image(sha256="bb"))

    image = (await stored(storage, generation)).image
    assert image is not None
    assert image.sha256 == "aa"
    assert await attempt_state(storage, lost) == AttemptState.SUPERSEDED
    assert await attempt_state(storage, winner) == AttemptState.WON


async def test_reporting_one_win_twice_changes_nothing_the_second_time(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    assert await won(storage, attempt)

    assert not await won(storage, attempt)

    assert await attempt_state(storage, attempt) == AttemptState.WON


async def test_giving_up_sends_the_generation_back_to_the_queue(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)

    assert await storage.attempts.give_up(attempt.id, AttemptState.LOST, "the node restarted", at=LATER)

    assert await stored(storage, generation) == generation
    ended = await storage.attempts.get(attempt.id)
    assert ended is not None
    assert (ended.state, ended.error_message, ended.finished_at) == (
        AttemptState.LOST,
        "the node restarted",
        LATER,
    )


async def test_giving_up_leaves_the_generation_to_the_attempt_that_is_still_open(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    first = await begin_attempt(storage, generation)
    second = await second_open_attempt(storage, generation)

    assert not await storage.attempts.give_up(first.id, AttemptState.LOST, None, at=LATER)
    assert await status_of(storage, generation) == GenerationStatus.GENERATING
    assert await storage.attempts.give_up(second.id, AttemptState.LOST, None, at=LATER)

    assert await status_of(storage, generation) == GenerationStatus.QUEUED


async def test_giving_up_does_not_revive_a_cancelled_generation(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    await storage.generations.cancel(generation.id, at=NOON)

    assert not await storage.attempts.give_up(attempt.id, AttemptState.LOST, None, at=LATER)

    assert await attempt_state(storage, attempt) == AttemptState.LOST
    assert await status_of(storage, generation) == GenerationStatus.CANCELLED


async def test_a_failing_attempt_fails_its_generation_with_the_same_words(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)

    assert await storage.attempts.fail(attempt.id, "no such sampler", at=LATER)

    failed = await stored(storage, generation)
    assert (failed.status, failed.error_message, failed.completed_at) == (
        GenerationStatus.FAILED,
        "no such sampler",
        LATER,
    )
    ended = await storage.attempts.get(attempt.id)
    assert ended is not None
    assert (ended.state, ended.error_message) == (AttemptState.ERRORED, "no such sampler")


async def test_a_failing_attempt_of_a_cancelled_generation_only_ends_itself(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    await storage.generations.cancel(generation.id, at=NOON)

    assert not await storage.attempts.fail(attempt.id, "too late", at=LATER)

    assert await attempt_state(storage, attempt) == AttemptState.ERRORED
    assert (await stored(storage, generation)).error_message is None


async def test_an_error_of_an_attempt_that_was_given_up_fails_nothing(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    lost = await begin_attempt(storage, generation)
    await replacement_of(storage, lost, "cellar")

    assert not await storage.attempts.fail(lost.id, "out of memory", at=LATER)

    assert await attempt_state(storage, lost) == AttemptState.LOST
    assert await status_of(storage, generation) == GenerationStatus.GENERATING


async def test_closing_an_attempt_leaves_its_generation_alone(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)

    assert await storage.attempts.close(attempt.id, AttemptState.CANCELLED, at=LATER)

    assert await attempt_state(storage, attempt) == AttemptState.CANCELLED
    assert await status_of(storage, generation) == GenerationStatus.GENERATING


async def test_an_attempt_advances_and_keeps_the_number_that_its_node_gave(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)

    assert await storage.attempts.advance(attempt.id, AttemptState.SUBMITTED, node_number=17.0)
    assert await storage.attempts.advance(attempt.id, AttemptState.RUNNING)

    found = await storage.attempts.get(attempt.id)
    assert found is not None
    assert (found.state, found.node_number) == (AttemptState.RUNNING, 17.0)


@pytest.mark.parametrize("state", [state for state in AttemptState if state not in OPEN_ATTEMPT_STATES])
async def test_no_move_leads_out_of_a_closed_attempt_but_a_late_win(storage: Storage, state: AttemptState) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    assert await storage.attempts.close(attempt.id, state, at=NOON)
    closed = await storage.attempts.get(attempt.id)

    assert not await storage.attempts.advance(attempt.id, AttemptState.RUNNING, node_number=1.0)
    assert not await storage.attempts.close(attempt.id, AttemptState.LOST, at=LATER)
    assert not await storage.attempts.give_up(attempt.id, AttemptState.LOST, "again", at=LATER)
    assert not await storage.attempts.fail(attempt.id, "again", at=LATER)

    assert await storage.attempts.get(attempt.id) == closed
    assert await status_of(storage, generation) == GenerationStatus.GENERATING


async def test_states_that_make_no_sense_for_a_move_are_a_mistake_of_the_caller(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)

    with pytest.raises(ValueError, match="advance leads to an open state"):
        await storage.attempts.advance(attempt.id, AttemptState.LOST)
    with pytest.raises(ValueError, match="closing needs a closed state"):
        await storage.attempts.close(attempt.id, AttemptState.RUNNING, at=NOON)
    with pytest.raises(ValueError, match="closing needs a closed state"):
        await storage.attempts.give_up(attempt.id, AttemptState.RUNNING, None, at=NOON)

    assert await storage.attempts.get(attempt.id) == attempt


async def test_attempts_of_a_generation_are_told_oldest_first(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    newer = await begin_attempt(storage, generation, created_at=LATER)
    await storage.attempts.give_up(newer.id, AttemptState.TAKEN_BACK, None, at=LATER)
    older = await begin_attempt(storage, generation, created_at=NOON)

    told = await storage.attempts.of_generation(generation.id)

    assert [attempt.id for attempt in told] == [older.id, newer.id]


Ending = Callable[[Storage, Generation, Attempt], Awaitable[bool]]
ENDINGS: dict[GenerationStatus, Ending] = {
    GenerationStatus.COMPLETE: lambda storage, _, attempt: won(storage, attempt),
    GenerationStatus.FAILED: lambda storage, generation, _: storage.generations.fail(
        generation.id, "given up", at=NOON
    ),
    GenerationStatus.CANCELLED: lambda storage, generation, _: storage.generations.cancel(generation.id, at=NOON),
}


@pytest.mark.parametrize("status", ENDINGS)
async def test_nothing_but_a_retry_moves_a_generation_that_has_ended(
    storage: Storage, status: GenerationStatus
) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    assert await ENDINGS[status](storage, generation, attempt)
    ended = await stored(storage, generation)
    assert ended.status == status

    assert not await storage.generations.cancel(generation.id, at=LATER)
    assert not await storage.generations.fail(generation.id, "again", at=LATER)
    assert not await storage.attempts.begin(make_attempt(generation_id=generation.id))
    assert not await won(storage, attempt)
    assert not await storage.attempts.fail(attempt.id, "again", at=LATER)

    assert await stored(storage, generation) == ended
    assert await storage.generations.retry(generation.id) == (status != GenerationStatus.COMPLETE)


async def test_a_retry_forgets_the_outcome_and_keeps_the_wish(storage: Storage) -> None:
    (generation,) = await store_batch(storage, spec=make_spec(seed=7))
    await storage.generations.fail(generation.id, "broken", at=LATER)
    await mark_discarded(storage, [generation], LATER)

    assert await storage.generations.retry(generation.id)

    assert await stored(storage, generation) == generation


async def test_a_queued_generation_is_not_retried(storage: Storage) -> None:
    (generation,) = await store_batch(storage)

    assert not await storage.generations.retry(generation.id)


async def test_a_lost_attempt_returns_its_generation_although_an_unwanted_one_is_still_being_stopped(
    storage: Storage,
) -> None:
    """The first was begun before the generation was cancelled and retried, and its node does not hear that yet."""
    (generation,) = await store_batch(storage)
    first = await begin_attempt(storage, generation)
    second = await second_open_attempt(storage, generation)

    assert not await storage.attempts.give_up(second.id, AttemptState.LOST, None, at=NOON)
    assert not await storage.attempts.return_to_queue(generation.id, {second.id}), "the first may be wanted"
    assert await storage.attempts.return_to_queue(generation.id, {first.id})
    assert await status_of(storage, generation) == GenerationStatus.QUEUED
    assert not await storage.attempts.return_to_queue(generation.id, {first.id}), "it is there already"
