"""A chain of tasks over four nodes goes on whatever is killed in its middle, and draws nothing twice."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.api.event_stream import ServerEvent, follow
from tests.fakes import png
from tests.faults.checker import rows
from tests.faults.hub_process import KillPoint, hub_process, is_ready
from tests.faults.world import World, world
from tests.forked import ForkedProcess
from tests.loopback import free_port, loopback_client
from tests.waiting import deadline, eventually

pytestmark = pytest.mark.processes

NODES = ("fast", "slow", "third", "fourth")
FAN = 3
SECOND_STEP = KillPoint("repositories/jobs.py", "_move", nth=2)


def chain(artifact_id: str) -> dict[str, Any]:
    small = {"width": 128, "height": 128, "steps": 10}
    tasks = [
        {"id": "edges", "type": "controlnet.preprocess", "inputs": {"image": f"@artifact:{artifact_id}"}},
        {
            "id": "draw",
            "type": "sd15.controlnet.text2img",
            "inputs": {"prompt": "a harbour", "image": "@edges.images[0]", "count": FAN, "seed": 7, **small},
        },
        {"id": "refine", "type": "sd15.hires_fix", "inputs": {"prompt": "a harbour", "image": "@draw.images"}},
        {"id": "enlarge", "type": "upscale.esrgan", "inputs": {"image": "@refine.images"}},
    ]
    return {"kind": "workflow", "payload": {"tasks": tasks, "return": "@enlarge.images"}}


async def handed_in(url: str) -> str:
    async with loopback_client(url) as http:
        uploaded = await http.post("/api/artifacts", files={"file": ("x.png", png(size=(96, 96)))})
        return str((await http.post("/api/jobs", json=chain(uploaded.json()["artifact_id"]))).json()["job_id"])


async def heard_until(broken: World, job_id: str, task_id: str, status: str, after: str | None) -> list[ServerEvent]:
    """The events up to this one, then the line is cut."""
    assert broken.hub is not None
    heard = []
    async with loopback_client(broken.hub.url) as http, deadline():
        async for event in follow(http, f"/api/jobs/{job_id}/events", after):
            heard.append(event)
            if (event.data.get("task_id"), event.data.get("status")) == (task_id, status):
                break
    return heard


async def ended(broken: World, job_id: str) -> dict[str, Any]:
    async def terminal() -> dict[str, Any] | None:
        job = await broken.get(f"/api/jobs/{job_id}")
        return job if job["status"] in {"complete", "failed", "cancelled"} else None

    return await eventually(terminal, within=90, what="the job has ended")


async def test_a_hub_killed_in_the_middle_of_a_chain_loses_nothing_and_repeats_no_finished_task(tmp_path: Path) -> None:
    async with world(tmp_path, names=NODES, time_scale=1.0) as broken:
        assert broken.hub is not None
        job_id = await handed_in(broken.hub.url)
        heard = await heard_until(broken, job_id, "refine", "running", None)
        assert broken.hub is not None
        await broken.hub.kill()
        noted = rows(tmp_path, "SELECT task_id, batch_id FROM job_tasks WHERE batch_id IS NOT NULL")
        submitted = {row["task_id"]: row["batch_id"] for row in noted}
        assert set(submitted) == {"edges", "draw", "refine"}
        await broken.start_hub()
        heard += await heard_until(broken, job_id, "", "", heard[-1].id)
        job = await ended(broken, job_id)
        executed = await broken.drawn()

    assert job["status"] == "complete", job["error"]
    assert len(job["result"]) == FAN
    assert len(executed) == 1 + 3 * FAN, "each picture of the chain was drawn once"
    batches = {task["id"]: task["batch_id"] for task in job["tasks"]}
    assert {name: batches[name] for name in submitted} == submitted
    _, second, third = (picture["node_id"] for picture in job["tasks"][1]["images"])
    assert second != third, "the pictures of a fan-out are drawn at the same time on different nodes"
    steps = [event.id for event in heard if event.event != "progress"]
    assert steps == [str(number) for number in range(1, len(steps) + 1)], "each step was told once, over both hubs"
    assert max(Counter(event.id for event in heard).values()) == 1
    assert heard[-1].last
    assert list((tmp_path / "data" / "artifacts").iterdir()) == []


@pytest.mark.long
async def test_hubs_that_die_before_each_step_is_written_submit_no_task_twice(tmp_path: Path) -> None:
    """Each life writes one step and is killed where the next begins: also between a batch and the row that names it."""
    port = free_port()
    async with world(tmp_path, names=NODES[:2], time_scale=2.0, hub=False) as broken:
        async with hub_process(tmp_path, port, SECOND_STEP) as first:
            await is_ready(port)
            await handed_in(f"http://127.0.0.1:{port}")
            await eventually(lambda: first.returncode is not None)
        lives = 1
        while open_jobs(tmp_path):
            lives += 1
            async with hub_process(tmp_path, port, SECOND_STEP) as hub:
                await eventually(partial(is_over, hub, tmp_path))
        await broken.start_hub()
        executed = await broken.drawn()

    assert lives > 5
    assert len(executed) == 1 + 3 * FAN
    assert len(rows(tmp_path, "SELECT id FROM batches")) == 4, "one a task"
    assert rows(tmp_path, "SELECT status FROM jobs") == [{"status": "complete"}]


def is_over(hub: ForkedProcess, folder: Path) -> bool:
    return hub.returncode is not None or not open_jobs(folder)


def open_jobs(folder: Path) -> list[dict[str, Any]]:
    return rows(folder, "SELECT id FROM jobs WHERE status IN ('queued', 'running')")


async def test_a_node_killed_in_the_middle_of_a_chain_costs_only_what_it_was_drawing(tmp_path: Path) -> None:
    async with world(tmp_path, names=NODES, time_scale=1.0) as broken:
        assert broken.hub is not None
        job_id = await handed_in(broken.hub.url)
        await heard_until(broken, job_id, "refine", "running", None)
        busy = await eventually(lambda: who_works(broken))
        await broken[busy].kill()
        job = await ended(broken, job_id)
        await broken[busy].start()
        assert len(rows(tmp_path, "SELECT id FROM generations")) == 1 + 3 * FAN

    assert job["status"] == "complete", job["error"]
    assert len(job["result"]) == FAN


async def who_works(broken: World) -> str | None:
    for name, machine in broken.machines.items():
        if await machine.running():
            return name
    return None
