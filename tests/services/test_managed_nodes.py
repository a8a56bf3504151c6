"""A ComfyUI that the hub starts by itself, through the whole hub: pictures, a kill in their midst, and the end."""

import json
import os
import signal
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.managed_comfyui import FOLDER, traits
from tests.generators.managed import QUICK, alive, at_home, config, process_for
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub, running_hub
from vibes.domain.errors import InvalidDocument, NodeError
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import NodeConfig, NodeState, Tier
from vibes.domain.reason import ReasonCode
from vibes.generators.managed_comfyui.supervisor import ManagedComfyUI
from vibes.nodes.comfyui.late import comfyui_of
from vibes.nodes.comfyui_managed.node import ManagedNode
from vibes.ports.kinds import HubTraits

OWN = NodeId("own")
VALUES = {"prompt": "a cat", "checkpoint": "v1-5-pruned-emaonly.safetensors"}


def fleet(fares: dict[str, Any], **options: Any) -> str:
    given = {"folder": str(FOLDER), "python": sys.executable, "environment": traits(**fares), **options}
    return (
        "nodes:\n  - {id: own, kind: comfyui-managed, name: My card, vram_gb: 12, tier: draft, capabilities: [sd15],\n"
        f"     max_resolution: 1024, max_batch: 4, options: {json.dumps(given)}}}\n"
    )


def process_of(folder: Path) -> int:
    return process_for(folder / "data/generators/own")


async def ready(hub: Hub) -> None:
    await eventually(lambda: hub.fleet.node(OWN).state in {NodeState.READY, NodeState.BUSY}, what="it is ready")


async def test_it_draws_is_killed_draws_again_and_ends_with_the_hub(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, fleet=fleet({"draws": {"time_scale": 0.2}}), health_interval=0.1)
    async with open_hub(settings) as hub:
        await ready(hub)
        submission = await hub.generations.submit(request(values=VALUES, count=3))
        await eventually(lambda: hub.fleet.node(OWN).state is NodeState.BUSY, what="it draws")
        first = process_of(tmp_path)
        os.kill(first, signal.SIGKILL)
        generations = await finished(hub, submission.batch.id)
        assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 3
        second = process_of(tmp_path)
        assert second not in {0, first}
    assert not alive(second)


async def test_while_it_starts_the_node_says_so(tmp_path: Path) -> None:
    async with running_hub(settings_for(tmp_path, fleet=fleet({"starts_after": 600}))) as hub:
        await eventually(lambda: hub.fleet.node(OWN).reason)
        node = hub.fleet.node(OWN)
        assert (node.state, str(node.reason)) == (
            NodeState.STARTING,
            "its ComfyUI is starting: waiting for its first answer",
        )
        process = await eventually(lambda: process_of(tmp_path))
    assert not alive(process)


async def test_when_it_cannot_start_the_node_says_why(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, fleet=fleet({}, python=str(tmp_path / "python")), health_interval=0.1)
    async with running_hub(settings) as hub:
        await eventually(lambda: hub.fleet.node(OWN).state is NodeState.OFFLINE)
        reason = hub.fleet.node(OWN).reason
        assert reason is not None
        assert reason.code is ReasonCode.CRASHED
        assert f"there is no {tmp_path / 'python'}; it is started again after" in reason.sentence


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"devise": 1}, "unknown option 'devise'; did you mean device?"),
        ({"folder": "ComfyUI"}, "folder: write the whole path, from / or ~ on"),
        ({"device": -1}, "device"),
        ({"extra_args": ["--port=1"]}, "extra_args: leave out --port: say it with port"),
        ({"ready_seconds": 0}, "ready_seconds: input should be greater than 0"),
    ],
)
async def test_wrong_options_are_told_with_advice(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    settings = settings_for(tmp_path, fleet=fleet({}, **options))
    with pytest.raises(InvalidDocument) as told:
        async with open_hub(settings):
            pass
    assert f"options of kind comfyui-managed: {words}" in str(told.value)


async def test_one_that_answers_but_takes_nothing_of_its_queue_is_started_anew(tmp_path: Path) -> None:
    managed = ManagedComfyUI(config({}, never_runs=True), tmp_path, patience=QUICK)
    entry = NodeConfig(
        id=OWN, name="", tier=Tier.DRAFT, vram_gb=1, capabilities=frozenset(), max_resolution=64, max_batch=1
    )
    node = ManagedNode(entry, managed, partial(comfyui_of, HubTraits()), idle_seconds=0)

    async def answers() -> bool:
        with suppress(NodeError):
            await node.check()
        return managed.home is not None

    try:
        await eventually(answers)
        first = await at_home(managed)
        async with httpx.AsyncClient() as http:
            await http.post(f"http://127.0.0.1:{first.port}/prompt", json={})

        async def moved() -> bool:
            return await answers() and managed.home != first

        await eventually(moved, what="another run answers")
        assert not (await node.check()).queue.pending
    finally:
        await node.close()
