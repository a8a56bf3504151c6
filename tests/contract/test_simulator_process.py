"""Several simulated nodes in one process, and how it ends."""

import asyncio
import sys
from collections.abc import Sequence

import aiohttp
import pytest

from tests.waiting import deadline, eventually
from vibes.simulator import NodeOptions, SimulatedNode, run_nodes

PROGRAM = """
import asyncio
from vibes.simulator import NodeOptions, run_nodes

def ready(nodes):
    print(*(node.url for node in nodes), flush=True)

options = [NodeOptions(profile="instant", crash_ends_process=True)]
asyncio.run(run_nodes(options, ready, exit_with_parent=True))
"""


async def test_nodes_run_side_by_side_until_cancelled() -> None:
    started: list[SimulatedNode] = []

    def ready(nodes: Sequence[SimulatedNode]) -> None:
        started.extend(nodes)

    options = [NodeOptions(profile="instant"), NodeOptions(profile="instant", comfyui_version="0.3.64")]
    serving = asyncio.create_task(run_nodes(options, ready))
    await eventually(lambda: len(started) == 2)
    versions = []
    for node in started:
        async with aiohttp.ClientSession(node.url) as session, session.get("/system_stats") as response:
            versions.append((await response.json())["system"]["comfyui_version"])
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving

    assert versions == ["0.33.0", "0.3.64"]
    assert not any(node.running for node in started)


async def test_a_taken_port_stops_all_of_them() -> None:
    async with SimulatedNode(NodeOptions(profile="instant")) as taken:
        options = [NodeOptions(profile="instant"), NodeOptions(profile="instant", port=taken.port)]
        with pytest.raises(OSError, match="address already in use"):
            await run_nodes(options, lambda _nodes: None)


@pytest.mark.processes
@pytest.mark.parametrize(("end", "code"), [("parent", 0), ("terminate", 0), ("crash", 70)])
async def test_a_process_ends_with_its_parent_by_signal_or_by_a_crash(end: str, code: int) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    async with deadline():
        url = (await process.stdout.readline()).decode().strip()
        if end == "parent":
            process.stdin.close()
        elif end == "terminate":
            process.terminate()
        else:
            async with aiohttp.ClientSession(url) as session:
                with pytest.raises(aiohttp.ClientConnectionError):
                    await session.post("/simulator/crash")
        assert await process.wait() == code
