"""``vibes run`` as a person types it, against a running hub: the sample job, mistakes, Ctrl-C, a hub that dies."""

import asyncio
import io
import json
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.e2e.test_whole_system import start_simulators, write_fleet
from tests.faults.bad_line import BadLine, Fate, bad_line
from tests.forked import forked_service
from tests.loopback import free_port
from tests.processes import finished, run_vibes, start_vibes
from tests.waiting import deadline, eventually
from vibes.client import AsyncHubClient
from vibes.domain.job import OPEN_JOB_STATUSES

pytestmark = pytest.mark.processes

SAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "chain.json"
DEMO = ("demo", "--port", "0", "--time-scale", "0.02", "--no-browser", "--data", "data")


def write_job(folder: Path, *tasks: dict[str, Any]) -> Path:
    path = folder / "job.json"
    path.write_text(json.dumps({"kind": "workflow", "payload": {"tasks": tasks}}, indent=1), encoding="utf-8")
    return path


async def test_the_sample_job_is_submitted_shown_and_its_pictures_are_downloaded(tmp_path: Path) -> None:
    small = write_job(tmp_path, {"id": "t1", "type": "sd15.text2img", "inputs": {"prompt": "x", "count": 2}})
    async with forked_service(*DEMO, cwd=tmp_path) as demo:
        ran = await run_vibes("run", SAMPLE, "--out", "out", "--url", demo.url, cwd=tmp_path)
        piped = await run_vibes("run", "-", "--json", "--url", demo.url, cwd=tmp_path, stdin=small.read_bytes())
    assert ran.status == 0, ran.stderr
    assert "4 pictures in out" in ran.stdout
    assert "redraw: complete, 3 pictures, on gpu-premium" in ran.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("enlarge-01.png", "refine-01.png", "refine-02.png", "refine-03.png"),
        "result.json",
    }
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["seeds"] == [40, 41, 42]
    for told in (result["large"], *result["refined"]):
        with Image.open(tmp_path / "out" / told["file"]) as picture:
            assert picture.size == (told["width"], told["height"])

    lines = [json.loads(line) for line in piped.stdout.splitlines()]
    assert (piped.status, lines[0]["type"], lines[-1]["type"]) == (0, "submitted", "finished")
    assert {"job", "task", "progress"} >= {line["type"] for line in lines[1:-1]} >= {"job", "task"}
    folder = tmp_path / "results" / lines[0]["job_id"]
    assert lines[-1]["files"] == sorted(path.name for path in folder.glob("*.png")) == ["t1-01.png", "t1-02.png"]


def moving_gif() -> bytes:
    frames = [Image.new("RGB", (50, 40), colour) for colour in ("red", "navy")]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    return content.getvalue()


async def test_pictures_of_ones_own_are_uploaded_from_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "photo.png").write_bytes(moving_gif())  # known by its content, not by its name
    job = write_job(
        tmp_path / "jobs",
        {"id": "a", "type": "upscale.esrgan", "inputs": {"image": "@file:photo.png"}},
        {"id": "A", "type": "upscale.esrgan", "inputs": {"image": ["@file:photo.png", "@a.images[0]"]}},
    )
    async with forked_service(*DEMO, cwd=tmp_path) as demo:
        ran = await run_vibes("run", job, "-o", "out", "--url", demo.url, cwd=tmp_path)
        (tmp_path / "jobs" / "photo.png").write_bytes(b"no picture")
        wrong = await run_vibes("run", job, "--url", demo.url, cwd=tmp_path)
    assert ran.status == 0, ran.stderr
    assert "photo.png: Only the first picture of the animation is used." in ran.stderr
    assert {path.name for path in (tmp_path / "out").glob("*.png")} == {"A-01.png", "A-02.png"}
    assert wrong.status == 2
    first = next(number for number, line in enumerate(job.read_text().splitlines(), start=1) if "photo" in line)
    assert f"{job}:{first}:" in wrong.stderr
    assert "photo.png cannot be used: it is a text, not a picture" in wrong.stderr


async def test_every_mistake_in_a_job_is_told_with_its_line(tmp_path: Path) -> None:
    job = write_job(
        tmp_path,
        {"id": "t1", "type": "sd15.txt2img", "inputs": {"prompt": "x"}},
        {"id": "t2", "type": "sd15.text2img", "inputs": {"count": "many"}},
    )
    broken = tmp_path / "broken.json"
    broken.write_text('{\n  "kind": "workflow",\n  "payload": {"tasks": []},\n}')
    async with forked_service(*DEMO, cwd=tmp_path) as demo:
        mistakes = await run_vibes("run", job, "--url", demo.url, cwd=tmp_path)
        syntax = await run_vibes("run", broken, "--url", demo.url, cwd=tmp_path)
        number = await run_vibes("run", "-", "--url", demo.url, cwd=tmp_path, stdin=b"[1]")
        nothing = await run_vibes("run", "none.json", "--url", demo.url, cwd=tmp_path)
        unknown = await run_vibes("run", "--follow", "nobody", "--url", demo.url, cwd=tmp_path)
        neither = await run_vibes("run", "--url", demo.url, cwd=tmp_path)
        async with AsyncHubClient(demo.url) as hub:
            assert (await hub.jobs.list()).total == 0
    assert [mistakes.status, syntax.status, number.status, nothing.status, neither.status] == [2] * 5
    lines = job.read_text().splitlines()
    [task_type] = [index for index, line in enumerate(lines, start=1) if "txt2img" in line]
    assert f"{job}:{task_type}:" in mistakes.stderr
    assert "did you mean sd15.text2img" in mistakes.stderr
    assert "prompt is required" in mistakes.stderr
    assert f"{broken}:4:1: not valid JSON" in syntax.stderr
    assert "stdin:1:1: must be a JSON object" in number.stderr
    assert "none.json: cannot be read" in nothing.stderr
    assert (unknown.status, "there is no job nobody" in unknown.stderr) == (1, True)
    assert "--follow JOB_ID" in neither.stderr
    outputs = (mistakes, syntax, number, nothing, unknown, neither)
    assert "Traceback" not in "".join(each.stderr for each in outputs)


async def test_ctrl_c_leaves_the_job_to_the_hub_and_says_how_to_come_back(tmp_path: Path) -> None:
    job = write_job(tmp_path, {"id": "t1", "type": "sd15.text2img", "inputs": {"prompt": "x", "count": 6}})
    async with forked_service(*DEMO, cwd=tmp_path) as demo, AsyncHubClient(demo.url) as hub, deadline(120):
        await hub.queue.pause()  # so that there is something to leave and to cancel for as long as a command takes
        process = await start_vibes("run", job, "--url", demo.url, cwd=tmp_path)
        job_id = await eventually(lambda: an_open_job(hub))
        process.send_signal(signal.SIGINT)
        left = await finished(process)
        await hub.queue.resume()
        followed = await run_vibes("run", "--follow", job_id, "--url", demo.url, cwd=tmp_path)
        await hub.queue.pause()
        process = await start_vibes("run", job, "--url", demo.url, cwd=tmp_path)
        second = await eventually(lambda: an_open_job(hub))
        cancelled = await run_vibes("run", "--cancel", second, "--url", demo.url, cwd=tmp_path)
        watched = await finished(process)
    assert left.status == 130, left.stderr
    assert f"vibes run --follow {job_id}" in left.stderr
    assert (followed.status, "6 pictures in" in followed.stdout) == (0, True), followed.stderr
    assert (cancelled.status, cancelled.stdout.split()[-1]) == (0, "cancelled")
    assert (watched.status, "the job is cancelled" in watched.stderr) == (1, True)
    assert "Traceback" not in left.stderr + watched.stderr


COMMANDS = {"run": r"vibes run --follow (\S+)", "generate": r"vibes generate --resume (\S+) --out results"}


@pytest.mark.parametrize("command", COMMANDS)
async def test_ctrl_c_before_the_hub_has_answered_waits_for_the_id_of_what_it_has(tmp_path: Path, command: str) -> None:
    async with interrupted_early(tmp_path, command) as (process, line, hub):
        line.let_go()
        left = await finished(process)
        come_back = re.search(COMMANDS[command], left.stderr)
        assert come_back is not None, left.stderr
        await (hub.jobs.get if command == "run" else hub.batches.get)(come_back[1])
    assert (left.status, "Traceback" in left.stderr) == (130, False)


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_second_ctrl_c_leaves_at_once_and_claims_nothing(tmp_path: Path, command: str) -> None:
    async with interrupted_early(tmp_path, command) as (process, _, _):
        process.send_signal(signal.SIGINT)
        left = await finished(process)
    assert (left.status, left.stderr) == (130, "")


@asynccontextmanager
async def interrupted_early(
    folder: Path, command: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, BadLine, AsyncHubClient]]:
    """A command that has heard Ctrl-C while it waits for the answer to what it submitted."""
    job = write_job(folder, {"id": "t1", "type": "sd15.text2img", "inputs": {"prompt": "x"}})
    async with (
        forked_service(*DEMO, cwd=folder) as demo,
        bad_line(int(demo.url.rpartition(":")[2]), b"POST /api/") as line,
        AsyncHubClient(demo.url) as hub,
        deadline(),
    ):
        line.fate = lambda: Fate.ANSWER_HELD
        url = f"http://127.0.0.1:{line.port}"
        process = await start_vibes(command, job, "--out", "results", "--url", url, cwd=folder)
        await eventually(lambda: line.fates, what="it has submitted")
        process.send_signal(signal.SIGINT)
        await said_until(process, "Ctrl-C once more")
        yield process, line, hub


async def said_until(process: asyncio.subprocess.Process, part: str) -> str:
    """What a command says on stderr, up to the line with this in it."""
    assert process.stderr is not None
    said = ""
    while part not in said:
        line = await process.stderr.readline()
        assert line, f"it ended without saying {part!r}: {said}"
        said += line.decode()
    return said


async def an_open_job(hub: AsyncHubClient) -> str | None:
    jobs = (await hub.jobs.list(statuses=OPEN_JOB_STATUSES)).jobs
    return jobs[0].job_id if jobs else None


async def test_a_hub_that_dies_in_the_middle_costs_nothing_but_time(tmp_path: Path) -> None:
    job = write_job(
        tmp_path,
        {"id": "t1", "type": "sd15.text2img", "inputs": {"prompt": "x", "count": 4}},
        {"id": "t2", "type": "sd15.img2img", "inputs": {"prompt": "y", "image": "@t1.images"}},
    )
    port = str(free_port())
    serve = ("serve", "--config", "gpus.yaml", "--data", "data", "--port", port)
    async with AsyncExitStack() as stack, deadline(110):
        simulators = await start_simulators(stack, tmp_path, 2, time_scale=0.3)
        write_fleet(tmp_path, [simulator.url for simulator in simulators])
        first = await stack.enter_async_context(forked_service(*serve, cwd=tmp_path))
        process = await start_vibes("run", job, "--out", "out", "--url", first.url, cwd=tmp_path)
        said = await said_until(process, "t1: running")
        await first.kill()
        await stack.enter_async_context(forked_service(*serve, cwd=tmp_path))
        ran = await finished(process)
    said += ran.stderr
    assert ran.status == 0, said
    assert "the hub does not answer, trying again" in said
    assert len(list((tmp_path / "out").glob("t2-0?.png"))) == 4
    told = [line for line in said.splitlines() if line.startswith(("t1:", "t2:"))]
    assert len(told) == len(set(told)), "no step was told twice"
