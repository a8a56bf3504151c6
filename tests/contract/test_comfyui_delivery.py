"""What the delivery protocol relies on, on both ComfyUI dialects: our client against the simulator, over sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.contract.simulator_client import Client, simulated, txt2img
from tests.contract.transcript_server import connected_to
from tests.waiting import eventually
from vibes.domain.errors import NodeMisbehaved, NodeUnclear, NodeUnreachable
from vibes.domain.ids import AttemptId, new_attempt_id
from vibes.domain.nodes.outcome import Absent, Pending, Running, Succeeded
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.simulator.setup.dialect import AUGUST_2026, OCTOBER_2025

both_dialects = pytest.mark.parametrize("version", [OCTOBER_2025.version, AUGUST_2026.version])


@asynccontextmanager
async def a_node(version: str, *, time_scale: float = 0.0) -> AsyncIterator[tuple[ComfyUINode, Client]]:
    async with simulated(comfyui_version=version, time_scale=time_scale, previews=False) as client:
        port = int(client.node.url.rsplit(":", 1)[1])
        async with connected_to(port, cancel_seconds=10.0) as node:
            yield node, client


async def _one_runs_and_two_wait(node: ComfyUINode, client: Client) -> tuple[AttemptId, AttemptId, str]:
    """Ours runs for long, a second of ours waits behind it, and somebody else's behind that."""
    running, waiting = new_attempt_id(), new_attempt_id()
    await node.submit(running, txt2img(seed=1, steps=10000))
    await eventually(lambda: _is_running(node, running))
    await node.submit(waiting, txt2img(seed=2))
    _, answer = await client.submit(txt2img(seed=3))
    return running, waiting, str(answer["prompt_id"])


async def _is_running(node: ComfyUINode, attempt_id: AttemptId) -> bool:
    return await node.find(attempt_id) == Running()


@both_dialects
async def test_a_rehearsal_proves_that_submissions_arrive_and_leaves_nothing(version: str) -> None:
    async with a_node(version) as (node, client):
        await node.rehearse()
        assert (await node.check()).queue.length == 0
        client.node.faults.set(swallow_next_posts=1)
        with pytest.raises(NodeUnclear):
            await node.rehearse()
        client.node.faults.set(refuse="close")
        with pytest.raises((NodeUnclear, NodeUnreachable)):
            await node.rehearse()


@both_dialects
async def test_numbers_rise_while_a_node_lives_also_over_what_it_refuses(version: str) -> None:
    async with a_node(version) as (node, _):
        first = await node.submit(new_attempt_id(), txt2img(seed=1))
        await node.rehearse()
        assert await node.submit(new_attempt_id(), txt2img(seed=2)) > first


@both_dialects
async def test_what_waits_is_taken_back_and_what_others_wait_for_stays(version: str) -> None:
    async with a_node(version, time_scale=0.05) as (node, client):
        running, waiting, foreign = await _one_runs_and_two_wait(node, client)
        assert await node.take_back(waiting)
        assert not await node.take_back(running)
        queue = (await node.check()).queue
        assert (queue.running, queue.pending) == ((running,), (foreign,))
        assert await node.find(waiting) == Absent()


@both_dialects
async def test_what_runs_is_stopped_by_its_id_and_the_next_one_goes_on(version: str) -> None:
    async with a_node(version, time_scale=0.05) as (node, client):
        running, waiting, foreign = await _one_runs_and_two_wait(node, client)
        await node.cancel(running)
        assert running not in (await node.check()).queue.running
        await node.cancel(waiting)
        assert await eventually(lambda: client.entry(foreign)), "nobody else's work was touched"


@both_dialects
async def test_a_submission_whose_answer_was_cut_is_found_and_one_that_was_swallowed_is_not(version: str) -> None:
    async with a_node(version) as (node, client):
        arrived, swallowed = new_attempt_id(), new_attempt_id()
        client.node.faults.set(cut_next_posts=1)
        with pytest.raises(NodeUnclear):
            await node.submit(arrived, txt2img(seed=1))
        client.node.faults.set(swallow_next_posts=1)
        with pytest.raises(NodeUnclear):
            await node.submit(swallowed, txt2img(seed=2))
        await eventually(lambda: _has_ended(node, arrived))
        assert await node.find(swallowed) == Absent()
        await node.submit(swallowed, txt2img(seed=2))
        await eventually(lambda: _has_ended(node, swallowed), what="the same id, sent once more, runs once")
        assert len(await client.get("/history")) == 2


async def _has_ended(node: ComfyUINode, attempt_id: AttemptId) -> bool:
    return isinstance(await node.find(attempt_id), Succeeded)


@both_dialects
async def test_a_wedged_node_answers_everything_and_shows_prompts_that_wait_while_none_runs(version: str) -> None:
    async with a_node(version) as (node, client):
        client.node.faults.set(wedge=True)
        attempt_id = new_attempt_id()
        await node.submit(attempt_id, txt2img())
        queue = (await node.check()).queue
        assert (queue.running, queue.pending) == ((), (attempt_id,))
        assert await node.find(attempt_id) == Pending(0)
        assert await node.take_back(attempt_id)


@both_dialects
async def test_a_picture_that_is_cut_short_is_told(version: str) -> None:
    async with a_node(version) as (node, client):
        attempt_id = new_attempt_id()
        await node.submit(attempt_id, txt2img())
        await eventually(lambda: _has_ended(node, attempt_id))
        outcome = await node.find(attempt_id)
        assert isinstance(outcome, Succeeded)
        client.node.faults.set(truncate_next_views=1)
        with pytest.raises((NodeUnreachable, NodeMisbehaved)):
            await node.fetch(outcome.outputs[0])
        assert (await node.fetch(outcome.outputs[0])).startswith(b"\x89PNG")
