"""The hub is killed between any two things that it does for a picture, each in turn."""

import signal
from pathlib import Path

import pytest

from tests.api.test_kinds_of_output import graph
from tests.faults.checker import rows
from tests.faults.hub_process import KillPoint, hub_process
from tests.faults.world import world
from tests.forked import ForkedProcess
from tests.loopback import free_port
from tests.waiting import eventually

pytestmark = pytest.mark.processes

POINTS = {
    "before the attempt is written": KillPoint("repositories/attempts.py", "begin"),
    "while the attempt is written": KillPoint("repositories/attempts.py", "_begin"),
    "before the commit": KillPoint("engine/default.py", "do_commit", nth=2),
    "written, not sent": KillPoint("comfyui/node.py", "submit"),
    "sent, the answer unread": KillPoint("comfyui/node.py", "_accepted"),
    "while the prompt is adopted": KillPoint("attempt_runner.py", "_adopt"),
    "done, not fetched": KillPoint("result_collector.py", "collect"),
    "fetched, not written": KillPoint("image_store.py", "_named"),
    "before the thumbnail": KillPoint("durable_files.py", "_write"),
    "before the picture": KillPoint("durable_files.py", "_write", nth=2),
    "before the rename": KillPoint("pathlib.py", "replace", nth=2),
    "renamed, the folder not flushed": KillPoint("durable_files.py", "fsync_folder", nth=2),
    "filed, no row": KillPoint("repositories/attempts.py", "win"),
    "while the row is written": KillPoint("repositories/attempts.py", "_win"),
    "complete, nobody told": KillPoint("announcer.py", "completed"),
}

POINTS_OF_SEVERAL = {
    "before the second thumbnail": KillPoint("durable_files.py", "_write", nth=3),
    "before the second file": KillPoint("durable_files.py", "_write", nth=4),
    "before the last rename": KillPoint("pathlib.py", "replace", nth=6),
    "all filed, no row": POINTS["filed, no row"],
    "while the row of all is written": POINTS["while the row is written"],
}


async def dies(hub: ForkedProcess, name: str) -> None:
    await eventually(lambda: hub.returncode is not None, what=f"it dies: {name}")
    assert hub.returncode == -signal.SIGKILL, name


@pytest.mark.long
async def test_a_hub_killed_at_each_step_of_a_picture_goes_on_from_there_and_draws_none_twice(tmp_path: Path) -> None:
    port = free_port()
    async with world(tmp_path, time_scale=0.2) as broken:
        pictures = 3 * len(POINTS)
        batch = await broken.ask(pictures)
        assert broken.hub is not None
        await broken.hub.kill()
        for name, point in POINTS.items():
            async with hub_process(tmp_path, port, dies_at=point) as hub:
                await dies(hub, name)
        assert rows(tmp_path, "SELECT 1 FROM generations WHERE status <> 'complete'"), "the last one had work left"
        await broken.start_hub()
        finished = await broken.finished(batch)
        drawn = await broken.drawn()
    assert {each["status"] for each in finished["generations"]} == {"complete"}
    assert len(drawn) == pictures


@pytest.mark.long
async def test_a_hub_killed_between_the_files_of_a_generation_keeps_all_of_them_or_draws_them_anew(
    tmp_path: Path,
) -> None:
    port = free_port()
    three = graph(("SaveImage", {}), batch_size=3)
    three["4"]["inputs"]["ckpt_name"] = "v1-5-pruned-emaonly.safetensors"
    async with world(tmp_path, time_scale=0.2) as broken:
        await broken.post("/api/workflows/import", {"name": "three", "graph": three, "family": "sd15"})
        batch = await broken.ask(2 * len(POINTS_OF_SEVERAL), workflow="three")
        assert broken.hub is not None
        await broken.hub.kill()
        for name, point in POINTS_OF_SEVERAL.items():
            async with hub_process(tmp_path, port, dies_at=point) as hub:
                await dies(hub, name)
        await broken.start_hub()
        finished = await broken.finished(batch)
    assert {len(each["images"]) for each in finished["generations"]} == {3}


@pytest.mark.parametrize("name", ["before the rename", "filed, no row"])
async def test_a_picture_that_is_cancelled_after_the_hub_died_over_it_leaves_no_file(tmp_path: Path, name: str) -> None:
    async with world(tmp_path, time_scale=0.2) as broken:
        batch = await broken.ask(1)
        assert broken.hub is not None
        await broken.hub.kill()
        async with hub_process(tmp_path, free_port(), dies_at=POINTS[name]) as hub:
            await dies(hub, name)
        for machine in broken.machines.values():
            machine.stop_it()
        try:
            await broken.start_hub()
            await broken.cancel(batch)
        finally:
            for machine in broken.machines.values():
                machine.go_on()
        [generation] = (await broken.finished(batch))["generations"]
    assert generation["status"] == "cancelled"
