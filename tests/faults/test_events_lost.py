"""The event stream of a node breaks, falls silent, or never ends: it is only a hint."""

from pathlib import Path

import pytest

from tests.faults.world import world

pytestmark = pytest.mark.processes


async def test_a_socket_that_is_cut_again_and_again_costs_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        batch = await broken.ask(8)
        for _ in range(5):
            await broken.works("fast")
            await broken["fast"].post("/simulator/drop-sockets", {})
        finished = await broken.finished(batch)
    assert {each["status"] for each in finished["generations"]} == {"complete"}


async def test_a_socket_that_says_nothing_is_made_up_for_by_asking(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        for machine in broken.machines.values():
            await machine.fault(mute_sockets=True)
        finished = await broken.finished(await broken.ask(6))
    assert {each["status"] for each in finished["generations"]} == {"complete"}


async def test_events_without_end_neither_stop_the_hub_nor_fill_its_memory(tmp_path: Path) -> None:
    async with world(tmp_path) as broken:
        assert broken.hub is not None
        before = resident_megabytes(broken.hub.process.pid)
        await broken["fast"].fault(flood_sockets=True)
        finished = await broken.finished(await broken.ask(3))
        grown = resident_megabytes(broken.hub.process.pid) - before
        await broken["fast"].heal()
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert grown < 100


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024
