"""Workers as real processes that die, freeze, are cut off and end, while a hub gives them work."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import make_url

from tests.backing import postgresql, redis_server
from tests.cutting_proxy import cutting_proxy
from tests.e2e.test_task_client import run_script
from tests.faults.checker import rows
from tests.processes import finished, run_vibes
from tests.waiting import eventually
from tests.workers.processes import WorkerWorld, worker_world
from vibes.domain.ids import AttemptId, NodeId, new_attempt_id
from vibes.nodes.worker.celery_tickets import CeleryTickets, queue_of

pytestmark = pytest.mark.processes


async def complete(there: WorkerWorld, batch_id: str) -> None:
    batch = await there.finished(batch_id)
    assert {each["status"] for each in batch["generations"]} == {"complete"}


@pytest.mark.long
async def test_workers_are_killed_frozen_and_ended_and_the_hub_is_killed(tmp_path: Path) -> None:
    async with worker_world(tmp_path, time_scale=1.0) as there:
        batch = await there.ask(8)
        await there.works("w1")
        await there.kill_worker("w1")
        await there.reason_of("w1", "its worker was last heard at")
        await there.start_worker("w1")
        await there.joined("w1")

        frozen = await there.works("w2")
        there.signal_worker("w2", signal.SIGSTOP)
        await there.reason_of("w2", "its worker was last heard at")
        await eventually(lambda: lost(tmp_path, frozen), what="its order was taken from it")
        there.signal_worker("w2", signal.SIGCONT)
        await there.joined("w2")

        assert there.hub is not None
        await there.hub.kill()
        await there.start_hub(there.environment)
        await complete(there, batch)

        last = await there.ask(2, steps=40)
        await there.works("w1")
        began = asyncio.get_running_loop().time()
        assert await there.end_worker("w1") == 0
        assert asyncio.get_running_loop().time() - began < 60, "it waits for no picture"
        await there.reason_of("w1", "its worker has ended")
        await complete(there, last)
        said = there.workers["w2"].log.read_text(encoding="utf-8")
        assert f"{frozen} is not this worker's any more: what came of it is dropped" in said
        table = await run_vibes("nodes", cwd=tmp_path, environment={"VIBES_URL": there.hub.url, "COLUMNS": "80"})
        assert "its worker has ended" in table.stdout


def lost(folder: Path, attempt_id: str) -> bool:
    [row] = rows(folder, f"SELECT state FROM worker_orders WHERE attempt_id = '{attempt_id}'")  # noqa: S608 - an id
    return str(row["state"]) == "failed"


async def test_redis_is_emptied_and_away_at_publish_at_start_and_in_mid_job(tmp_path: Path) -> None:
    server = redis_server()
    async with worker_world(tmp_path, time_scale=0.5) as there:
        first = await there.ask(6)
        await there.works("w1")
        server.flush()
        await complete(there, first)
        second = await there.ask(6)
        await there.works("w1")
        server.stop()
        third = await there.ask(4)
        assert await there.end_worker("w2") == 0
        await there.start_worker("w2")
        await complete(there, second)
        await complete(there, third)
        server.start()
        await complete(there, await there.ask(2))
        with server.client() as redis:
            await eventually(lambda: not untaken(redis, tmp_path.name), what="tickets are taken again")


def untaken(redis: Redis, prefix: str) -> int:
    return sum(redis.llen(f"{prefix}:{queue_of(name)}") for name in ("w1", "w2"))


@pytest.mark.long
async def test_the_line_between_a_worker_and_the_database_is_cut(tmp_path: Path) -> None:
    cut = False
    async with worker_world(tmp_path, time_scale=0.5, start=False) as there:
        url = make_url(there.environment["VIBES_DATABASE_URL"])
        assert url.port is not None
        async with cutting_proxy(url.port, lambda: 0 if cut else None) as proxy:
            there.environment["VIBES_DATABASE_URL"] = url.set(port=proxy.port).render_as_string(hide_password=False)
            hub = {"VIBES_DATABASE_URL": url.render_as_string(hide_password=False)}
            await there.begin(hub)
            batch = await there.ask(8)
            await there.works("w1")
            await proxy.drop_all()
            await there.works("w2")
            cut = True
            await proxy.drop_all()
            await there.reason_of("w1", "its worker was last heard at")
            cut = False
            await there.joined("w1", "w2")
            await complete(there, batch)


async def test_the_database_crashes_while_workers_draw(tmp_path: Path) -> None:
    async with worker_world(tmp_path, time_scale=0.5) as there:
        batch = await there.ask(8)
        await asyncio.gather(*(there.works(name) for name in there.machines))
        await asyncio.to_thread(postgresql().restart, signal.SIGQUIT)
        await complete(there, batch)


@pytest.mark.long
async def test_a_comfyui_dies_and_comes_back(tmp_path: Path) -> None:
    async with worker_world(tmp_path, names=("w1",), broker=False) as there:
        batch = await there.ask(3)
        await there.works("w1")
        await there["w1"].kill()
        await there.becomes("w1", "starting", "offline")
        await there["w1"].start()
        await complete(there, batch)


@pytest.mark.long
async def test_celerys_own_command_is_a_worker_whatever_becomes_of_its_tickets(tmp_path: Path) -> None:
    async with worker_world(tmp_path, names=("w1",), time_scale=0.2, start=False) as there:
        await there.start_hub(there.environment)
        environment = {
            **there.environment,
            "VIBES_WORKER_NAME": "w1",
            "VIBES_WORKER_COMFYUI": there["w1"].url,
            "VIBES_WORKER_CAPABILITIES": "sd15",
        }
        celery = await start_celery(tmp_path, environment)
        try:
            await there.joined("w1")
            batch = await there.ask(4)
            tickets = CeleryTickets(redis_server().url, tmp_path.name)
            for row in rows(tmp_path, "SELECT attempt_id FROM worker_orders"):
                tickets.post(NodeId("w1"), AttemptId(str(row["attempt_id"])), 1)
            for _ in range(3):
                tickets.post(NodeId("w1"), new_attempt_id(), 7)
            await complete(there, batch)
            await tickets.close()
        finally:
            celery.send_signal(signal.SIGTERM)
            ended = await finished(celery)
        assert ended.status == 0, ended.stderr


@pytest.mark.long
async def test_a_pool_shares_one_queue_over_all_its_workers(tmp_path: Path) -> None:
    async with worker_world(tmp_path, start=False) as there:
        await there.start_hub(there.environment)
        await asyncio.gather(*(there.start_worker(name, "--pull", "--pool", "attic") for name in there.machines))
        await there.joined("attic")
        batch = await there.ask(6)
        await asyncio.gather(*(there.works(name) for name in there.machines))
        await there.kill_worker("w1")
        await complete(there, batch)
        [pool] = (await there.get("/api/gpus"))["gpus"]
        assert (pool["id"], pool["name"], pool["kind"]) == ("attic", "attic (pool of 2)", "worker")
        await there["w2"].kill()
        await there.becomes("attic", "starting", "offline")
        await asyncio.to_thread(redis_server().restart)
        tickets = CeleryTickets(redis_server().url, tmp_path.name)
        tickets.post(NodeId("attic"), new_attempt_id(), 1)
        await tickets.close()
        with redis_server().client() as redis:
            key = f"{tmp_path.name}:{queue_of('attic')}"
            for _ in range(2):
                await beats(tmp_path, "w2")
            assert redis.llen(key) == 1, "a member that cannot draw takes nothing from the others"
            await there["w2"].start()
            await eventually(lambda: not redis.llen(key), what="it takes tickets again")


async def beats(folder: Path, name: str) -> None:
    """Until the worker was heard once more."""

    def heard() -> object:
        [row] = rows(folder, f"SELECT heartbeat_at FROM workers WHERE name = '{name}'")  # noqa: S608 - its name
        return row["heartbeat_at"]

    before = heard()
    await eventually(lambda: heard() != before, what=f"{name} is heard")


async def test_the_client_of_tasks_works_over_workers_alone(tmp_path: Path) -> None:
    models = (f"diffusion_models/flux1-{name}-Q4_K_S.gguf" for name in ("dev", "schnell"))
    packs = (
        "--pack",
        "ComfyUI-GGUF",
        "--pack",
        "Comfy-WaveSpeed",
        *(part for each in models for part in ("--model", each)),
    )
    async with worker_world(tmp_path, names=("w1",), time_scale=0.02, machine=packs) as there:
        assert there.hub is not None
        status, said = await run_script(there.hub.url, tmp_path / "lion.png")
        assert (status, said[-1]) == (0, "SUCCESS"), said


async def start_celery(folder: Path, environment: dict[str, str]) -> asyncio.subprocess.Process:
    command = ("-m", "celery", "-A", "vibes.worker.celery_app", "worker", "--concurrency=1", "-n", "one@%h")
    return await asyncio.create_subprocess_exec(
        *(sys.executable, *command),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
