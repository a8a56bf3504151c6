"""A ComfyUI of one's own, as real processes: started, watched, started again, and stopped with all that it began."""

import asyncio
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.fakes.managed_comfyui import FOLDER
from tests.generators.managed import alive, at_home, config, fares, gone, managed
from tests.loopback import free_port
from tests.waiting import eventually
from vibes.generators.managed_comfyui.command import Folders, command_of
from vibes.generators.managed_comfyui.output import Lines
from vibes.generators.managed_comfyui.process import begun
from vibes.generators.managed_comfyui.standing import Stage
from vibes.generators.managed_comfyui.supervisor import Patience


async def test_it_starts_answers_and_ends_cleanly_when_it_is_asked_to(tmp_path: Path) -> None:
    async with managed(tmp_path) as comfyui:
        home = await at_home(comfyui)
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{home.port}/system_stats")).is_success
        assert comfyui.standing.stage is Stage.READY
        pid = comfyui.pid or 0
    assert not alive(pid)
    assert comfyui.empty
    assert "Stopped server" in comfyui.tail(), "it had the time to clean up"
    assert not (tmp_path / "temp").exists()
    assert "To see the GUI go to" in (tmp_path / "comfyui.log").read_text(encoding="utf-8")


async def test_it_gets_its_card_and_no_secrets(tmp_path: Path) -> None:
    hubs = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "FAL_KEY": "secret",
        "VIBES_TOKEN": "secret",
        "HTTPS_PROXY": "http://user:secret@proxy",
        "CUDA_VISIBLE_DEVICES": "7",
    }
    async with managed(tmp_path, environment=hubs, options={"device": 1}) as comfyui:
        await at_home(comfyui)
    told = json.loads((tmp_path / "user" / "environment.json").read_text(encoding="utf-8"))
    assert (told["CUDA_VISIBLE_DEVICES"], told["CUDA_DEVICE_ORDER"], told["LC_ALL"]) == ("1", "PCI_BUS_ID", "C.UTF-8")
    assert "secret" not in json.dumps(told)


async def test_one_that_is_killed_is_started_again_and_answers_elsewhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managed(tmp_path) as comfyui:
        await at_home(comfyui)
        os.kill(comfyui.pid or 0, signal.SIGKILL)
        assert (await at_home(comfyui, run=2)).run == 2
    assert "was ended by SIGKILL" in caplog.text


async def test_one_that_dies_of_a_prompt_tells_its_last_words_and_comes_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with managed(tmp_path, dies_after=1) as comfyui:
        home = await at_home(comfyui)
        async with httpx.AsyncClient() as http:
            await http.post(f"http://127.0.0.1:{home.port}/prompt", json={})
        await at_home(comfyui, run=2)
    assert "ended with status 1; its last words:" in caplog.text
    assert "CUDA error: an illegal memory access was encountered; it is started again after 1 s" in caplog.text


async def test_after_six_failures_it_is_down_and_says_why(tmp_path: Path) -> None:
    async with managed(tmp_path, dies_with="Could not acquire lock on database") as comfyui:
        words = await fares(comfyui, Stage.DOWN)
    assert words.startswith("failed more than 5 times in 10 minutes and is tried again after 10: ")
    assert "Could not acquire lock on database" in words


async def test_one_that_is_deaf_is_killed_with_what_it_has_started(tmp_path: Path) -> None:
    impatient = Patience(look=0.05, look_at_first=0.05, end=0.2)
    async with managed(tmp_path, patience=impatient, deaf=True, grandchild=True) as comfyui:
        await at_home(comfyui)
        grandchild = int((tmp_path / "user" / "grandchild").read_text(encoding="ascii"))
        pid = comfyui.pid or 0
        assert alive(pid)
        assert alive(grandchild)
    assert not alive(pid)
    await gone(grandchild)


async def test_what_it_has_started_in_a_session_of_its_own_ends_with_it_too(tmp_path: Path) -> None:
    async with managed(tmp_path, grandchild="apart") as comfyui:
        await at_home(comfyui)
        grandchild = int((tmp_path / "user" / "grandchild").read_text(encoding="ascii"))
        assert alive(grandchild)
    assert not alive(grandchild)


async def test_what_a_killed_one_has_started_goes_with_it(tmp_path: Path) -> None:
    async with managed(tmp_path, grandchild=True) as comfyui:
        await at_home(comfyui)
        grandchild = int((tmp_path / "user" / "grandchild").read_text(encoding="ascii"))
        os.kill(comfyui.pid or 0, signal.SIGKILL)
        await gone(grandchild)


async def test_one_that_does_not_answer_any_more_is_started_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    quick = Patience(look=0.02, look_at_first=0.02, answer=0.3, end=20, pace=0.01)
    async with managed(tmp_path, patience=quick, options={"ready_seconds": 5}, hangs_after=3) as comfyui:
        await eventually(lambda: "its ComfyUI did not answer 3 times" in caplog.text, what="it is noticed")
        await at_home(comfyui, run=2)


async def test_one_that_is_not_there_in_time_is_started_anew(tmp_path: Path) -> None:
    async with managed(tmp_path, options={"ready_seconds": 0.01}, starts_after=600) as comfyui:
        assert "did not answer within 0.01 s" in await fares(comfyui, Stage.DOWN)


async def test_one_that_answers_but_does_not_work_is_started_anew_when_asked(tmp_path: Path) -> None:
    async with managed(tmp_path) as comfyui:
        first = await at_home(comfyui)
        comfyui.renew(first, "its worker is dead")
        second = await at_home(comfyui, run=2)
        comfyui.renew(first, "a word about a run that is over")
        assert comfyui.home == second


async def test_a_flood_of_words_does_not_stop_it(tmp_path: Path) -> None:
    async with managed(tmp_path, floods=2_000_000) as comfyui:
        await at_home(comfyui)
        assert "Total VRAM 16311 MB, total RAM 32051 MB" in comfyui.tail()[0]


async def test_what_cannot_be_started_says_what_is_missing(tmp_path: Path) -> None:
    (no_program := tmp_path / "no_program").touch(mode=0o600)
    for options, words in (
        ({"folder": tmp_path}, "there is no "),
        ({"python": tmp_path / "python"}, "there is no "),
        ({"python": no_program}, "no_program cannot be run: Permission denied"),
        ({"extra_model_paths": tmp_path / "paths.yaml"}, "paths.yaml"),
    ):
        async with managed(tmp_path / "state", options=options) as comfyui:
            assert words in await fares(comfyui, Stage.DOWN)


async def test_a_port_that_another_program_has_is_not_taken_for_its_own(tmp_path: Path) -> None:
    async with managed(tmp_path / "one") as other:
        port = (await at_home(other)).port
        async with managed(tmp_path / "two", options={"port": port}) as comfyui:
            assert f"cannot be started: port {port} is in use" in await fares(comfyui, Stage.DOWN)
            assert comfyui.home is None


async def test_it_outlives_the_thread_that_has_asked_for_it(tmp_path: Path) -> None:
    """The kernel's order to end a child fires when the thread that began it ends, too."""
    folders = Folders(tmp_path)
    for each in folders.written:
        each.mkdir()
    begin = begun(command_of(config({}), folders, port := free_port()), dict(os.environ), FOLDER, folders)
    asker = ThreadPoolExecutor(1)
    process = await asyncio.wrap_future(asker.submit(asyncio.run, begin))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            await eventually(partial(answers, http), what="it answers")
        asker.shutdown()
        assert not await process.over(within=0.5), "it lives although that thread is gone"
    finally:
        await process.end(20)
    assert await process.status() == 0


async def answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/system_stats")).is_success
    except httpx.ConnectError:
        return False


def test_of_a_progress_bar_only_the_latest_state_is_a_line() -> None:
    lines = Lines()
    assert lines.feed(b"  0%|   |\r 50%|=  |") == []
    assert lines.feed(b"\r100%|===|\r\n\x1b[32mdone\x1b[0m\n\nrest") == ["100%|===|", "done"]
    assert lines.rest() == ["rest"]
    assert lines.feed(b"x" * 100_000 + b"\n") == ["x" * 8192]
