"""The hub's side of a worker and the worker itself, over real rows and a simulated ComfyUI."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.simulator_client import img2img, png, txt2img
from tests.fakes.managed_comfyui import FOLDER, traits
from tests.generators.managed import QUICK
from tests.waiting import eventually
from tests.workers.world import Workshop, ended, ready
from vibes.domain.errors import NodeError, NodeUnreachable
from vibes.domain.ids import AttemptId, new_attempt_id
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    NodeEvent,
)
from vibes.domain.nodes.outcome import Absent, Errored, Pending, Running, Succeeded, TurnedDown
from vibes.nodes.comfyui_managed.node import managed_node
from vibes.nodes.worker.handoff import input_name
from vibes.nodes.worker.node import WorkerNode
from vibes.ports.kinds import HubTraits
from vibes.ports.orders import InputImage
from vibes.simulator.setup.options import NodeOptions

LONG = 4000
"""Steps of a picture that is not finished before the story is."""
SLOW = NodeOptions(profile="rtx-3060", time_scale=1.0)


pytestmark = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
"""What differs between databases is told in `test_shared_rows`."""


async def runs(node: WorkerNode, attempt_id: AttemptId) -> None:
    async def running() -> bool:
        return isinstance(await node.find(attempt_id), Running)

    await eventually(running, what="the order runs")


async def listen(node: WorkerNode, heard: list[NodeEvent]) -> None:
    async for event in node.events():
        heard.append(event)  # noqa: PERF401 - one by one, while others look at it


async def test_a_picture_is_drawn_and_handed_over(shop: Workshop) -> None:
    comfyui = await shop.comfyui()
    await shop.worker(comfyui)
    node = shop.node()
    await ready(node)
    inventory = await node.discover()
    assert (inventory.device_name, inventory.loads_models) == ("cuda:0 NVIDIA GeForce RTX 5060 Ti (simulated)", True)
    attempt_id, graph = new_attempt_id(), txt2img()
    await node.submit(attempt_id, graph)
    done = await ended(node, attempt_id)
    assert isinstance(done, Succeeded)
    content = await node.fetch(done.outputs[0], graph)
    assert content.startswith(b"\x89PNG")
    assert done.outputs[0].graph_node_id == "9"

    async def idle() -> bool:
        return (await node.check()).queue.length == 0

    await eventually(idle, what="nothing is left there")


async def test_the_hub_hears_what_comfyui_tells_and_the_end_once_the_picture_is_there(shop: Workshop) -> None:
    await shop.worker(await shop.comfyui(NodeOptions(profile="rtx-3060", time_scale=0.2)))
    node = shop.node()
    await ready(node)
    heard: list[NodeEvent] = []
    listening = asyncio.create_task(listen(node, heard))
    await eventually(lambda: heard, what="it listens")
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img(steps=8, size=256))
    await eventually(lambda: AttemptEnded(attempt_id) in heard, what="the end is told")
    assert isinstance(await node.find(attempt_id, ended=True), Succeeded)
    told = {type(event) for event in heard}
    assert {AttemptStarted, AttemptProgress, AttemptPreview} <= told
    listening.cancel()


async def test_without_messages_the_rows_tell_as_much(shop: Workshop) -> None:
    shop.news.away = True
    await shop.worker(await shop.comfyui())
    node = shop.node()
    await ready(node)
    heard: list[NodeEvent] = []
    listening = asyncio.create_task(listen(node, heard))
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img())
    await eventually(lambda: AttemptEnded(attempt_id) in heard, what="its end was seen")
    assert isinstance(await node.find(attempt_id), Succeeded)
    listening.cancel()


async def test_an_input_picture_goes_by_way_of_the_store(shop: Workshop) -> None:
    await shop.worker(await shop.comfyui())
    node = shop.node()
    await ready(node)
    picture = InputImage(png())
    assert not node.has(picture)
    await node.bring(picture)
    assert node.has(picture)
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, img2img(image=input_name(picture.digest)))
    assert isinstance(await ended(node, attempt_id), Succeeded)


async def test_an_input_picture_that_is_gone_is_asked_for_again(shop: Workshop) -> None:
    await shop.worker(await shop.comfyui())
    node = shop.node()
    await ready(node)
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, img2img(image=input_name("0" * 64)))
    gone = await ended(node, attempt_id)
    assert isinstance(gone, Errored)
    assert gone.lost_image


async def test_what_comfyui_refuses_fails_with_its_words(shop: Workshop) -> None:
    await shop.worker(await shop.comfyui())
    node = shop.node()
    await ready(node)
    graph = txt2img()
    graph["4"]["inputs"]["ckpt_name"] = "another.safetensors"
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, graph)
    refused = await ended(node, attempt_id)
    assert isinstance(refused, Errored)
    assert "another.safetensors" in refused.message
    assert [each.name for each in refused.unreadable] == ["another.safetensors"]


async def test_a_running_order_is_cancelled_and_a_waiting_one_taken_back(shop: Workshop) -> None:
    comfyui = await shop.comfyui(SLOW)
    await shop.worker(comfyui)
    node = shop.node()
    await ready(node)
    running, waiting = new_attempt_id(), new_attempt_id()
    await node.submit(running, txt2img(steps=LONG))
    await runs(node, running)
    await node.submit(waiting, txt2img())
    assert isinstance(await node.find(waiting), Pending)
    assert not await node.take_back(running)
    assert await node.take_back(waiting)
    await node.cancel(running)
    assert isinstance(await node.find(running), Absent)
    await eventually(lambda: not comfyui.station.queue.running(), what="it was stopped")


async def test_an_order_that_takes_too_long_is_stopped(shop: Workshop) -> None:
    comfyui = await shop.comfyui(SLOW)
    await shop.worker(comfyui, deadline=0.3)
    node = shop.node()
    await ready(node)
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img(steps=LONG))
    late = await ended(node, attempt_id)
    assert isinstance(late, Errored)
    assert late.message == "it took longer than 0.3 s"
    await eventually(lambda: not comfyui.station.queue.running(), what="it was stopped")


async def test_a_worker_that_ends_gives_everything_back(shop: Workshop) -> None:
    comfyui = await shop.comfyui(SLOW)
    working = await shop.worker(comfyui)
    node = shop.node()
    await ready(node)
    running, waiting = new_attempt_id(), new_attempt_id()
    await node.submit(running, txt2img(steps=LONG))
    await runs(node, running)
    await node.submit(waiting, txt2img())
    began = asyncio.get_running_loop().time()
    await working.end()
    assert asyncio.get_running_loop().time() - began < 60, "it waits for no picture"
    ends = [await node.find(each) for each in (running, waiting)]
    assert ends == [TurnedDown(message="its worker was ended")] * 2
    assert not comfyui.station.queue.running()
    with pytest.raises(NodeUnreachable, match=r"its worker (has ended, at \d{4}-|is ending)"):
        await node.check()
    with pytest.raises(NodeUnreachable, match="no worker is there"):
        await node.submit(new_attempt_id(), txt2img())


async def test_a_worker_that_was_killed_and_comes_back_goes_on_with_its_picture(shop: Workshop) -> None:
    shop.lost_seconds = 60
    comfyui = await shop.comfyui(NodeOptions(profile="rtx-3060", time_scale=0.3))
    working = await shop.worker(comfyui)
    node = shop.node()
    await ready(node)
    running, waiting = new_attempt_id(), new_attempt_id()
    await node.submit(running, txt2img(steps=20))
    await runs(node, running)
    await node.submit(waiting, txt2img())
    await working.kill()
    working.start()
    assert isinstance(await ended(node, running), Succeeded)
    assert isinstance(await ended(node, waiting), Succeeded)
    assert comfyui.ledger.received[running] == 1, "it was not sent again"


async def test_what_a_silent_worker_had_is_taken_from_it_and_its_late_result_is_refused(shop: Workshop) -> None:
    comfyui = await shop.comfyui(SLOW)
    working = await shop.worker(comfyui)
    node = shop.node()
    await ready(node)
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img(steps=LONG))
    await runs(node, attempt_id)
    await working.kill()

    async def lost() -> bool:
        with suppress(NodeError):
            await node.check()
        return isinstance(await node.find(attempt_id), TurnedDown)

    await eventually(lost, every=0.2, what="its orders were taken from it")
    found = await node.find(attempt_id)
    assert isinstance(found, TurnedDown)
    assert found.died
    with pytest.raises(NodeUnreachable, match=r"last heard at \d{4}-"):
        await node.check()
    working.start()
    await eventually(lambda: not comfyui.station.queue.running(), what="what it had is stopped when it comes back")
    after = new_attempt_id()
    await ready(node)
    await node.submit(after, txt2img())
    assert isinstance(await ended(node, after), Succeeded)


async def test_a_comfyui_that_dies_takes_its_order_along_and_says_so(shop: Workshop) -> None:
    comfyui = await shop.comfyui(SLOW)
    await shop.worker(comfyui)
    node = shop.node()
    await ready(node)
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img(steps=LONG))
    await runs(node, attempt_id)
    await comfyui.forget()
    gone = await ended(node, attempt_id)
    assert isinstance(gone, TurnedDown)
    assert (gone.died, gone.broke) == (True, True)


async def test_a_comfyui_of_its_own_is_started_anew_when_it_is_killed(shop: Workshop, tmp_path: Path) -> None:
    environment = traits(draws={"time_scale": 0.3})
    options = {"folder": str(FOLDER), "python": sys.executable, "environment": environment}
    config = replace(shop.node()._config, kind="comfyui-managed", options=options)
    own = managed_node(HubTraits(state_folder=tmp_path), config)
    own._managed._patience = QUICK
    await shop.worker(None, node=own)
    node = shop.node()
    await ready(node)
    running, after = new_attempt_id(), new_attempt_id()
    await node.submit(running, txt2img(steps=LONG))
    await runs(node, running)
    assert own._managed.pid is not None
    os.kill(own._managed.pid, signal.SIGKILL)
    killed = await ended(node, running)
    assert isinstance(killed, TurnedDown)
    assert killed.died
    await node.submit(after, txt2img())
    assert isinstance(await ended(node, after), Succeeded)


async def test_a_second_worker_of_the_same_name_ends_the_first_with_a_sentence(shop: Workshop) -> None:
    comfyui = await shop.comfyui()
    first = await shop.worker(comfyui)
    node = shop.node()
    await ready(node)
    second = await shop.worker(comfyui)
    assert first.task is not None
    with pytest.raises(Exception, match="another worker has registered as w1"):
        await first.task
    first.task = None
    await ready(node)
    attempt_id = new_attempt_id()
    await node.submit(attempt_id, txt2img())
    assert isinstance(await ended(node, attempt_id), Succeeded)
    assert second.task is not None


async def test_members_of_a_pool_share_one_queue_and_take_what_they_can_do(shop: Workshop) -> None:
    able = NodeOptions(profile="rtx-5060-ti", time_scale=0.02)
    without = NodeOptions(profile="rtx-5060-ti", time_scale=0.02, models={"checkpoints": ["sdxl_base_1.0.safetensors"]})
    machines = {"a": await shop.comfyui(able), "b": await shop.comfyui(without)}
    for name, comfyui in machines.items():
        await shop.worker(comfyui, name, pool="pool")
    node = shop.node("pool")
    await ready(node, 2)
    inventory = await node.discover()
    assert inventory.slots == 2
    sent = [new_attempt_id() for _ in range(4)]
    for each in sent:
        await node.submit(each, txt2img())
    assert all([isinstance(await ended(node, each), Succeeded) for each in sent])
    assert not machines["b"].ledger.received, "it has not the checkpoint"
