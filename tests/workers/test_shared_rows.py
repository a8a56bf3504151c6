"""Who is there and which order is whose: the rows that hub and workers share."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.factories import NOON, begin_attempt, store_batch
from tests.workers.examples import GRAPH, READY, order, worker
from vibes.domain.attempt import AttemptState
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.worker import OrderState, WorkerState
from vibes.ports.storage import Storage
from vibes.ports.workers.rows import Seat, WorkerDesk, WorkerOrders
from vibes.storage.open import SqlStorage
from vibes.storage.repositories.workers.desk import SqlWorkerDesk, claim_one
from vibes.storage.sql.postgresql.engine import postgresql_engine

NODE = NodeId("w1")
NEVER_HEARD = timedelta(seconds=-1)
"""As if every worker had been silent for too long."""


async def test_a_worker_is_seen_as_it_registered_and_as_it_is(orders: WorkerOrders, desk: WorkerDesk) -> None:
    seat = await desk.register(worker())
    [starting] = await orders.reports(NODE)
    assert (starting.worker, starting.state, starting.inventory_digest) == (worker(), WorkerState.STARTING, "")
    assert 0 <= starting.silent_seconds < 60
    assert await desk.beat(seat, READY)
    assert await desk.tell_inventory(seat, "cuda:0 RTX", "d1", {"version": "1"})
    [ready] = await orders.reports()
    assert (ready.state, ready.vitals, ready.inventory_digest) == (WorkerState.READY, READY.vitals, "d1")
    assert ready.worker.device == "cuda:0 RTX"
    assert await orders.inventory("w1") == {"version": "1"}
    assert await orders.inventory("another") is None


async def test_an_order_is_carried_out(orders: WorkerOrders, desk: WorkerDesk) -> None:
    seat = await desk.register(worker())
    first, second = order(), order()
    assert await orders.hand_in(first)
    assert await orders.hand_in(second)
    assert await orders.ahead_of(second.attempt_id) == 1
    claimed = await desk.claim(seat, NODE)
    assert claimed is not None
    assert (claimed.attempt_id, claimed.state, claimed.holder, claimed.epoch) == (
        *(first.attempt_id, OrderState.CLAIMED, "w1"),
        first.epoch + 1,
    )
    assert await desk.started(claimed)
    assert not await desk.started(claimed), "it began once"
    assert await desk.wanted(claimed)
    assert await desk.complete(claimed, {"is": "done"})
    assert not await desk.fail(claimed, {"is": "failed"}), "an end is an end"
    done = await orders.get(first.attempt_id)
    assert done is not None
    assert (done.state, done.outcome, done.sent) == (OrderState.DONE, {"is": "done"}, GRAPH)
    assert [each.attempt_id for each in await orders.open_orders(NODE)] == [second.attempt_id]
    assert await orders.ahead_of(second.attempt_id) == 0


async def test_an_order_that_is_handed_in_twice_is_one(orders: WorkerOrders, desk: WorkerDesk) -> None:
    seat = await desk.register(worker())
    once = order()
    assert await orders.hand_in(once)
    claimed = await desk.claim(seat, NODE)
    assert claimed is not None
    assert await orders.hand_in(once), "it is there"
    assert await desk.claim(seat, NODE) is None
    assert await desk.complete(claimed, {})
    assert await orders.hand_in(once)
    assert await desk.claim(seat, NODE) is None


async def test_nothing_is_handed_in_where_nobody_would_take_it(orders: WorkerOrders, desk: WorkerDesk) -> None:
    assert not await orders.hand_in(order())
    seat = await desk.register(worker())
    await desk.beat(seat, READY.__class__(state=WorkerState.DRAINING))
    assert not await orders.hand_in(order())


async def test_what_waits_is_taken_back_and_what_is_held_is_only_wished_away(
    orders: WorkerOrders, desk: WorkerDesk
) -> None:
    seat = await desk.register(worker())
    waiting, held = order(), order()
    await orders.hand_in(held)
    claimed = await desk.claim(seat, NODE)
    await orders.hand_in(waiting)
    assert claimed is not None
    assert not await orders.take_back(held.attempt_id)
    assert await orders.take_back(waiting.attempt_id)
    assert not await orders.take_back(waiting.attempt_id), "once"
    assert await desk.claim(seat, NODE) is None
    assert await orders.stop(held.attempt_id) is OrderState.CLAIMED
    assert await desk.wanted(claimed) is False
    assert await desk.drop(claimed)
    assert await orders.stop(held.attempt_id) is OrderState.TAKEN_BACK
    assert await orders.stop(order().attempt_id) is None


async def test_what_a_silent_worker_writes_after_its_orders_were_taken_is_refused(
    orders: WorkerOrders, desk: WorkerDesk
) -> None:
    seat = await desk.register(worker())
    first, second = order(), order()
    await orders.hand_in(first)
    running = await desk.claim(seat, NODE)
    await orders.hand_in(second)
    claimed = await desk.claim(seat, NODE)
    assert running is not None
    assert claimed is not None
    await desk.started(running)
    assert await orders.revoke("w1", {"is": "lost"}, silent_for=timedelta(hours=1)) == 0, "it was heard just now"
    assert await orders.revoke("w1", {"is": "lost"}, silent_for=NEVER_HEARD) == 2
    assert await desk.wanted(running) is None
    assert not await desk.complete(running, {"is": "done"})
    assert not await desk.started(claimed)
    outcomes = [(each := await orders.get(one.attempt_id)) and each.outcome for one in (first, second)]
    assert outcomes == [{"is": "lost", "died": True}, {"is": "lost", "died": False}]
    assert await desk.lost_hold_of("w1", [first.attempt_id, order().attempt_id]) == {first.attempt_id}
    assert await desk.beat(seat, READY), "the worker itself goes on"


async def test_a_second_process_of_the_same_name_takes_over(orders: WorkerOrders, desk: WorkerDesk) -> None:
    first = await desk.register(worker())
    await orders.hand_in(order())
    held = await desk.claim(first, NODE)
    second = await desk.register(worker())
    assert held is not None
    assert not await desk.beat(first, READY)
    assert not await desk.tell_inventory(first, "", "d", {})
    await orders.hand_in(order())
    assert await desk.claim(first, NODE) is None
    [left] = await desk.held("w1")
    assert await desk.adopt(first, left) is None, "nobody would go on with it"
    adopted = await desk.adopt(second, left)
    assert adopted is not None
    assert not await desk.complete(held, {}), "the first process has lost it"
    assert await desk.complete(adopted, {})
    assert await desk.adopt(second, left) is None


async def test_signs_of_life_are_counted_for_what_is_held(orders: WorkerOrders, desk: WorkerDesk) -> None:
    seat = await desk.register(worker())
    one = order()
    await orders.hand_in(one)
    await desk.claim(seat, NODE)
    for _ in range(2):
        await desk.beat(seat, READY.__class__(state=WorkerState.READY, alive=frozenset({one.attempt_id})))
    [seen] = await orders.open_orders(NODE)
    assert (seen.state, seen.signs) == (OrderState.CLAIMED, 2)


async def test_a_pool_takes_what_its_members_can_do_in_the_order_in_which_it_came(
    orders: WorkerOrders, desk: WorkerDesk
) -> None:
    seats = [await desk.register(worker(name, node_id="pool")) for name in ("a", "b")]
    came = [order("pool") for _ in range(3)]
    for each in came:
        await orders.hand_in(each)
    pool = NodeId("pool")
    assert [each.attempt_id for each in await desk.waiting(pool, limit=2)] == [each.attempt_id for each in came[:2]]
    picked = await desk.claim(seats[0], pool, [came[1].attempt_id, came[2].attempt_id])
    assert picked is not None
    assert picked.attempt_id == came[1].attempt_id
    assert await desk.claim(seats[1], pool, [came[1].attempt_id]) is None
    next_one = await desk.claim(seats[1], pool)
    assert next_one is not None
    assert next_one.attempt_id == came[0].attempt_id


async def test_a_worker_that_ends_hands_back_what_waits(orders: WorkerOrders, desk: WorkerDesk) -> None:
    seat = await desk.register(worker())
    running, waiting = order(), order()
    await orders.hand_in(running)
    held = await desk.claim(seat, NODE)
    await orders.hand_in(waiting)
    earlier = Seat(seat.name, seat.epoch - 1)
    assert await desk.hand_back(earlier, {"is": "back"}) == 0, "it waits for who has taken that one's place"
    assert await desk.hand_back(seat, {"is": "back"}) == 1
    assert await desk.claim(seat, NODE) is None
    assert held is not None
    assert await desk.wanted(held), "what it is at stays"
    back = await orders.get(waiting.attempt_id)
    assert back is not None
    assert (back.state, back.outcome) == (OrderState.FAILED, {"is": "back"})


async def test_what_has_ended_long_ago_is_forgotten_with_workers_that_are_gone(
    orders: WorkerOrders, desk: WorkerDesk
) -> None:
    seat = await desk.register(worker())
    ended, still_open = order(), order()
    await orders.hand_in(ended)
    held = await desk.claim(seat, NODE)
    assert held is not None
    await desk.complete(held, {})
    await orders.hand_in(still_open)
    hour = timedelta(hours=1)
    assert await orders.long_ended(hour) == []
    assert await orders.long_ended(NEVER_HEARD) == [ended.attempt_id]
    await orders.forget([ended.attempt_id])
    assert await orders.get(ended.attempt_id) is None
    assert await orders.get(still_open.attempt_id) is not None
    await orders.forget_workers(hour)
    assert len(await orders.reports()) == 1
    await orders.forget_workers(NEVER_HEARD)
    assert await orders.reports() == []


async def test_an_order_stays_until_the_hub_has_heard_how_it_ended(
    storage: Storage, orders: WorkerOrders, desk: WorkerDesk
) -> None:
    """No hub may have been there for hours."""
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    seat = await desk.register(worker())
    await orders.hand_in(order(attempt_id=attempt.id))
    held = await desk.claim(seat, NODE)
    assert held is not None
    await desk.complete(held, {})
    assert await orders.long_ended(NEVER_HEARD) == []
    await storage.attempts.close(attempt.id, AttemptState.LOST, at=NOON)
    assert await orders.long_ended(NEVER_HEARD) == [attempt.id]


@pytest.mark.parametrize("storage", ["postgresql"], indirect=True)
async def test_who_takes_a_workers_place_finds_what_that_one_was_about_to_claim(
    storage: Storage, orders: WorkerOrders, desk: WorkerDesk
) -> None:
    assert isinstance(storage, SqlStorage)
    seat = await desk.register(worker())
    came = order()
    await orders.hand_in(came)
    other = SqlWorkerDesk(storage._database)
    engine = postgresql_engine(storage._database._engines.writer.url, connections=1)
    with engine.begin() as connection:
        assert claim_one(connection, seat, NODE) is not None
        registering = asyncio.create_task(other.register(worker()))
        await asyncio.wait({registering}, timeout=0.3)
        assert not registering.done(), "it waits until that claim is written, or is not"
    engine.dispose()
    await registering
    assert [each.attempt_id for each in await other.held("w1")] == [came.attempt_id]


@pytest.mark.parametrize("storage", ["postgresql"], indirect=True)
async def test_forty_workers_claim_a_thousand_orders_and_none_twice(storage: Storage) -> None:
    """Each over a connection of its own."""
    assert isinstance(storage, SqlStorage)
    url = storage._database._engines.writer.url
    first = SqlWorkerDesk(storage._database)
    seats = [await first.register(worker(f"w{number}", node_id="pool")) for number in range(40)]
    came = [order("pool") for _ in range(1000)]
    await asyncio.gather(*(storage.workers.hand_in(each) for each in came))

    def all_that(seat: Seat) -> list[AttemptId]:
        """As a process would, one after the other until nothing is left."""
        engine = postgresql_engine(url, connections=1)
        taken: list[AttemptId] = []
        while True:
            with engine.begin() as connection:
                claimed = claim_one(connection, seat, NodeId("pool"))
            if claimed is None:
                engine.dispose()
                return taken
            taken.append(claimed.attempt_id)

    with ThreadPoolExecutor(40) as threads:
        taken = [each for found in threads.map(all_that, seats) for each in found]
    assert sorted(taken) == sorted(each.attempt_id for each in came)
    assert {each.epoch for each in await first.held("w0")} <= {2}
