"""A worker at its edges: it waits, it ends in a hurry, it starts before its database, and it leaves things behind."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from tests.contract.simulator_client import txt2img
from tests.waiting import eventually
from tests.workers.examples import READY, worker
from tests.workers.world import Workshop, ended, ready
from vibes.domain.errors import NodeError, StorageUnavailable
from vibes.domain.ids import NodeId, new_attempt_id
from vibes.domain.nodes.events import NodeConnected
from vibes.domain.nodes.outcome import Succeeded, TurnedDown
from vibes.domain.nodes.worker import WorkerOrder, WorkerState
from vibes.media_stores.folder import FolderMediaStore
from vibes.nodes.worker.handoff import output_key
from vibes.ports.workers.rows import Heartbeat

pytestmark = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)


async def test_a_worker_that_waits_for_work_writes_nothing(shop: Workshop) -> None:
    desk: Any = MagicMock(wraps=shop.desk)
    working, node = await shop.worker(await shop.comfyui(), desk=desk), shop.node()
    await ready(node)
    assert working.running is not None
    assert not await working.running._rounds.take_turn()
    desk.claim.assert_not_called()
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img())
    assert isinstance(await ended(node, attempt_id), Succeeded)
    desk.claim.assert_called()


async def test_who_stops_listening_leaves_nothing_behind(shop: Workshop) -> None:
    before, events = asyncio.all_tasks(), shop.node()._hearing.events()
    assert [await anext(events), await anext(events)] == [NodeConnected()] * 2, "to what tells, and to the rows"
    waiting = asyncio.create_task(anext(events))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await events.aclose()
    assert asyncio.all_tasks() == before


async def test_a_worker_that_comes_back_before_its_database_does_waits_for_it(shop: Workshop) -> None:
    shop.lost_seconds = 60
    desk: Any = MagicMock(wraps=shop.desk)
    asked = 0

    async def held(name: str) -> Sequence[WorkerOrder]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise StorageUnavailable("The database server does not answer.")
        return await shop.desk.held(name)

    desk.held = held
    comfyui = await shop.comfyui()
    seat, node = await shop.desk.register(worker()), shop.node()
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img())
    assert await shop.desk.claim(seat, NodeId("w1")) is not None
    await shop.worker(comfyui, desk=desk)
    assert isinstance(await ended(node, attempt_id), Succeeded)
    assert asked == 2


async def test_what_a_worker_could_not_give_back_before_it_ended_is_taken_from_it(shop: Workshop) -> None:
    """As when the store of the pictures is away while it ends."""
    seat = await shop.desk.register(worker())
    await shop.desk.beat(seat, READY)
    attempt_id, node = new_attempt_id(), shop.node()
    await node.submit(attempt_id, txt2img())
    assert await shop.desk.claim(seat, NodeId("w1")) is not None
    await shop.desk.beat(seat, Heartbeat(state=WorkerState.GONE, reason="its worker has ended"))

    async def lost() -> bool:
        with suppress(NodeError):
            await node.check()
        return isinstance(await node.find(attempt_id), TurnedDown)

    await eventually(lost, every=0.2, what="its order was taken from it")
    assert await shop.desk.held("w1") == []


async def test_of_what_nobody_asks_for_any_more_all_is_forgotten_with_its_files(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vibes.storage.repositories.workers.orders._TIDIED_AT_ONCE", 2)
    monkeypatch.setattr("vibes.nodes.worker.office.KEPT", timedelta(seconds=-1))
    seat, node = await shop.desk.register(worker()), shop.node()
    for _ in range(5):
        attempt_id = new_attempt_id()
        await node.submit(attempt_id, txt2img())
        claimed = await shop.desk.claim(seat, NodeId("w1"))
        assert claimed is not None
        await shop.handoff.put({output_key(attempt_id, claimed.epoch, 0): b"drawn"})
        await shop.desk.complete(claimed, {})
    assert len(await shop.handoff.folders()) == 5
    ended_before = await shop.orders.long_ended(timedelta(seconds=-1))
    with monkeypatch.context() as patched:
        patched.setattr(
            FolderMediaStore, "delete_folder", AsyncMock(side_effect=StorageUnavailable("the share is away"))
        )
        await node._office.joined()
    assert await shop.orders.long_ended(timedelta(seconds=-1)) == ended_before, "their rows still tell of the files"
    node._office._tidied_at = None
    assert [each.id for each in await node._office.joined()] == ["w1"]
    assert await shop.handoff.folders() == []
