"""A generation that comes to several files: each command saves all of them, however it heard of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.client.conftest import Served
from tests.client.test_blocked_events import wanted
from tests.fakes import FakeFleet
from tests.hub import open_hub, served, settings_for
from tests.waiting import deadline, eventually
from vibes.client import HubAddress
from vibes.client.endpoints.generations import AsyncGenerations
from vibes.commands.jobs.run import RunOptions, run_job
from vibes.commands.pictures.generate import run_generate

ALL = ["01-7-2.png", "01-7-3.png", "01-7.png", "contact-sheet.png"]


@pytest.fixture
async def saving_hub(tmp_path: Path) -> AsyncIterator[Served]:
    """Its nodes draw when the test says so, and save three files each time."""
    fleet, settings = FakeFleet(instant=False), settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, served(hub, settings) as address:
        for node in fleet.nodes.values():
            node.saves = 3
        yield Served(hub, fleet, address)


async def test_generate_saves_all_files_of_what_is_drawn_while_it_watches(saving_hub: Served, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    async with deadline():
        drawing = asyncio.create_task(run_generate(wanted(folder, seed=7), HubAddress(saving_hub.url)))
        await eventually(lambda: any(node.running for node in saving_hub.fleet.nodes.values()))
        [(node, attempt)] = [(node, each) for node in saving_hub.fleet.nodes.values() for each in node.running]
        channels = saving_hub.hub.live._channels
        await eventually(lambda: any(each.listeners for each in channels.values()), what="it listens")
        node.finish(attempt)
        assert await drawing == 0
    assert sorted(path.name for path in folder.iterdir()) == ALL


async def test_run_saves_all_files_of_each_picture_of_the_result(
    saving_hub: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, folder = tmp_path / "job.json", tmp_path / "out"
    task = {"id": "t", "type": "sd15.text2img", "inputs": {"prompt": "a lighthouse", "seed": 7, "count": 2}}
    job.write_text(json.dumps({"kind": "workflow", "payload": {"tasks": [task]}}))
    for node in saving_hub.fleet.nodes.values():
        node.instant = True

    async def asked(*_: object) -> None:
        pytest.fail("the job has told of all files")

    monkeypatch.setattr(AsyncGenerations, "get", asked)
    async with deadline():
        options = RunOptions(file=str(job), follow=None, out=folder, as_json=True)
        assert await run_job(options, HubAddress(saving_hub.url)) == 0
    names = [[f"t-{number:02}.png", f"t-{number:02}-2.png", f"t-{number:02}-3.png"] for number in (1, 2)]
    assert {path.name for path in folder.iterdir()} == {*names[0], *names[1], "result.json"}
    told = json.loads((folder / "result.json").read_text())
    assert [(each["file"], each["files"]) for each in told] == [(each[0], each) for each in names]
