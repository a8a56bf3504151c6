"""Money is committed with its attempt and within every limit, or not at all; its end is settled once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.factories import NOON, make_attempt, make_batch_of, make_image, make_session
from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.cost import NO_BUDGET, NodeBudget
from vibes.domain.errors import CapReached
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.money import parse_usd
from vibes.domain.spending import (
    RELEASED,
    SPENT,
    UNCLEAR,
    Commitment,
    PurseId,
    Settled,
    SpendingState,
)
from vibes.ports.storage import Storage

PRICE = parse_usd("0.02")
LATER = NOON + timedelta(seconds=5)


async def batch_with(storage: Storage, count: int, max_cost: str, **overrides: Any) -> Sequence[Generation]:
    session = make_session()
    await storage.sessions.add(session)
    batch, generations = make_batch_of(count, session_id=session.id)
    for name, value in {"max_cost": parse_usd(max_cost), **overrides}.items():
        object.__setattr__(batch, name, value)
    await storage.generations.add_batch(batch, generations, None)
    return generations


async def began(
    storage: Storage,
    generation: Generation,
    at: datetime = NOON,
    *,
    node: str = "fal",
    budget: NodeBudget = NO_BUDGET,
) -> Attempt:
    attempt = make_attempt(generation_id=generation.id, node_id=NodeId(node), created_at=at, charges=True)
    assert await storage.attempts.begin(attempt, Commitment(amount=PRICE, budget=budget))
    return attempt


async def held(storage: Storage) -> int:
    return sum(each.amount for each in await storage.spendings.held())


async def states(storage: Storage) -> dict[SpendingState, int]:
    totals = await storage.spendings.totals(from_day="2026-01-01", to_day="2026-12-31")
    return {each.state: each.amount for each in totals}


async def test_of_many_attempts_at_once_only_as_many_begin_as_the_batch_may_pay_for(storage: Storage) -> None:
    generations = await batch_with(storage, 8, "0.05")
    found = await asyncio.gather(*(began(storage, each) for each in generations), return_exceptions=True)
    refused = [each for each in found if isinstance(each, CapReached)]
    assert len(refused) == 6
    assert all("$0.02 more than the $0.04 so far would exceed the $0.05" in each.message for each in refused)
    assert await held(storage) == 40_000
    statuses = [each.status for each in await storage.generations.of_batch(generations[0].batch_id)]
    assert statuses.count(GenerationStatus.QUEUED) == 6, "what could not be paid for waits as before"
    assert len(await storage.attempts.open_attempts()) == 2


async def test_batches_of_one_purse_share_its_limit(storage: Storage) -> None:
    purse = PurseId("of-a-job")
    [first] = await batch_with(storage, 1, "0.03", purse=purse)
    [second] = await batch_with(storage, 1, "0.03", purse=purse)
    await began(storage, first)
    with pytest.raises(CapReached):
        await began(storage, second)
    await storage.spendings.allow_more(first.batch_id, parse_usd("0.01"))
    await began(storage, second)


@pytest.mark.parametrize(
    ("limit", "next_at", "words"),
    [
        ("per_batch", NOON, "a batch may spend on fal"),
        ("daily", NOON + timedelta(hours=11), "may be spent on fal in a day"),
        ("monthly", NOON + timedelta(days=17), "may be spent on fal in a month"),
    ],
)
async def test_a_node_has_limits_of_its_own(storage: Storage, limit: str, next_at: datetime, words: str) -> None:
    first, second, third = await batch_with(storage, 3, "1")
    budget = NodeBudget(**{limit: parse_usd("0.03")})
    await began(storage, first, budget=budget)
    with pytest.raises(CapReached, match=words):
        await began(storage, second, next_at, budget=budget)
    await began(storage, second, next_at, node="another", budget=budget)
    if limit != "per_batch":
        await began(storage, third, next_at + timedelta(days=1), budget=budget)


End = Callable[[Storage, Attempt], Awaitable[object]]
ENDS: dict[str, tuple[End, SpendingState | None, int]] = {
    "win": (
        lambda storage, each: storage.attempts.win(each.id, [make_image()], generation_time_ms=1, at=LATER),
        SpendingState.SPENT,
        20_000,
    ),
    "win, told dearer": (
        lambda storage, each: storage.attempts.win(
            each.id,
            [make_image()],
            generation_time_ms=1,
            at=LATER,
            paid=Settled(SpendingState.SPENT, parse_usd("0.015")),
        ),
        SpendingState.SPENT,
        15_000,
    ),
    "lost": (
        lambda storage, each: storage.attempts.give_up(each.id, AttemptState.LOST, None, at=LATER),
        SpendingState.UNCLEAR,
        20_000,
    ),
    "taken back": (
        lambda storage, each: storage.attempts.give_up(each.id, AttemptState.TAKEN_BACK, None, at=LATER, paid=RELEASED),
        None,
        0,
    ),
    "failed": (
        lambda storage, each: storage.attempts.fail(each.id, "no", at=LATER),
        SpendingState.UNCLEAR,
        20_000,
    ),
    "cancelled": (
        lambda storage, each: storage.attempts.close(each.id, AttemptState.CANCELLED, at=LATER),
        SpendingState.UNCLEAR,
        20_000,
    ),
}


@pytest.mark.parametrize("name", ENDS)
async def test_each_end_settles_its_money_and_what_is_spent_stays_so(storage: Storage, name: str) -> None:
    end, state, amount = ENDS[name]
    [generation] = await batch_with(storage, 1, "1")
    attempt = await began(storage, generation)
    assert await states(storage) == {SpendingState.COMMITTED: 20_000}
    await end(storage, attempt)
    assert await states(storage) == ({} if state is None else {state: amount})
    found = await storage.generations.get(generation.id)
    assert found is not None
    assert found.cost == (amount or None)
    if state is not SpendingState.UNCLEAR:
        assert not await storage.spendings.settle(attempt.id, UNCLEAR, at=LATER)
        assert await held(storage) == amount


async def test_an_end_that_comes_second_still_settles_the_money(storage: Storage) -> None:
    """Another attempt won meanwhile, so that this one was superseded before its task knew."""
    [generation] = await batch_with(storage, 1, "1")
    attempt = await began(storage, generation)
    await storage.generations.cancel(generation.id, at=NOON)
    await storage.attempts.close(attempt.id, AttemptState.SUPERSEDED, at=LATER)
    assert not await storage.attempts.close(attempt.id, AttemptState.CANCELLED, at=LATER, paid=SPENT)
    assert await states(storage) == {SpendingState.SPENT: 20_000}


async def test_a_late_picture_completes_what_failed_since_it_may_have_been_paid_for(storage: Storage) -> None:
    first, second = await batch_with(storage, 2, "1")
    unclear, errored = await began(storage, first), await began(storage, second)
    await storage.attempts.fail(unclear.id, "unclear", at=LATER, state=AttemptState.MAYBE_PAID)
    await storage.attempts.fail(errored.id, "broken", at=LATER)
    [waits] = await storage.spendings.maybe_paid(limit=10)
    assert await storage.spendings.count_maybe_paid() == 1
    assert (waits.attempt_id, waits.amount, waits.message) == (unclear.id, PRICE, "unclear")

    made = [
        await storage.attempts.win(each.id, [make_image()], generation_time_ms=1, at=LATER)
        for each in (unclear, errored)
    ]

    assert made == [True, False], "only what was unclear may complete later"
    found = await storage.generations.get(first.id)
    assert found is not None
    assert (found.status, found.error_message, found.cost) == (GenerationStatus.COMPLETE, None, PRICE)
    assert await storage.spendings.maybe_paid(limit=10) == []


async def test_of_many_who_settle_one_unclear_attempt_exactly_one_does(storage: Storage) -> None:
    [generation] = await batch_with(storage, 1, "1")
    attempt = await began(storage, generation)
    await storage.attempts.fail(attempt.id, "unclear", at=LATER, state=AttemptState.MAYBE_PAID)
    resolve = storage.spendings.resolve
    made = await asyncio.gather(
        *(resolve(attempt.id, AttemptState.GIVEN_UP, "given up", UNCLEAR, at=LATER) for _ in range(8))
    )
    assert sorted(made) == [False] * 7 + [True]
    assert await held(storage) == PRICE, "it counts as if it was charged"


async def test_what_a_killed_hub_committed_for_attempts_that_are_over_is_unclear(storage: Storage) -> None:
    gone, goes_on = await batch_with(storage, 2, "1")
    attempt = await began(storage, gone)
    await began(storage, goes_on)
    await storage.generations.cancel(gone.id, at=NOON)
    await storage.sessions.delete(gone.session_id)
    assert await storage.spendings.leave_unclear(at=LATER) == 2, "the attempts were deleted with the session"
    assert await states(storage) == {SpendingState.UNCLEAR: 40_000}, "the ledger outlasts the pictures"
    assert await storage.spendings.leave_unclear(at=LATER) == 0
    assert await storage.spendings.settle(attempt.id, RELEASED, at=LATER)


async def test_commitments_are_told_one_by_one_and_the_rest_as_sums(storage: Storage) -> None:
    first, second, third = await batch_with(storage, 3, "1")
    for each in (first, second):
        attempt = await began(storage, each)
        await storage.attempts.win(attempt.id, [make_image()], generation_time_ms=1, at=LATER)
    under_way = await began(storage, third)
    told = {each.attempt_id: each.amount for each in await storage.spendings.held()}
    assert told == {None: 40_000, under_way.id: 20_000}
    assert await storage.spendings.paid_for([first.id, third.id]) == {first.id}
