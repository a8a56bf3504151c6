"""``vibes generate`` and ``vibes run`` never write over what an earlier command left in the folder."""

from pathlib import Path

import pytest

from tests.client.conftest import Served
from tests.client.test_blocked_events import wanted
from tests.client.test_broken_connections import TASKS
from tests.fakes import png
from vibes.client import AsyncHubClient, HubAddress
from vibes.commands.jobs.run import RunOptions, run_job
from vibes.commands.pictures.generate import run_generate


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def paint(hub: Served, colour: tuple[int, int, int]) -> None:
    for node in hub.fleet.nodes.values():
        node.image = png(colour)


async def test_two_batches_of_one_seed_leave_the_pictures_of_both(
    served_hub: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, address = tmp_path / "out", HubAddress(served_hub.url)
    assert await run_generate(wanted(folder, prompt="a red barn", seed=7), address) == 0
    first = contents(folder)
    assert list(first) == ["01-7.png", "contact-sheet.png"]
    capsys.readouterr()

    paint(served_hub, (9, 9, 200))
    assert await run_generate(wanted(folder, prompt="a blue whale", seed=7), address) == 0
    both = contents(folder)
    assert list(both) == ["01-7-2.png", "01-7.png", "contact-sheet-2.png", "contact-sheet.png"]
    assert {name: both[name] for name in first} == first
    told = " ".join(capsys.readouterr().out.split())
    assert "saved 01-7.png as 01-7-2.png, contact-sheet.png as contact-sheet-2.png" in told
    assert f"contact sheet: {folder}/contact-sheet-2.png" in told

    paint(served_hub, (200, 9, 9))
    assert await run_generate(wanted(folder, prompt="a fox", seed=7, overwrite=True), address) == 0
    assert list(contents(folder)) == list(both)
    assert contents(folder)["01-7.png"] != first["01-7.png"]


async def test_coming_back_to_a_batch_makes_no_copies(served_hub: Served, tmp_path: Path) -> None:
    folder, address = tmp_path / "out", HubAddress(served_hub.url)
    async with AsyncHubClient(served_hub.url) as hub:
        assert await run_generate(wanted(folder, seed=7, count=2), address) == 0
        [generation, _] = (await hub.generations.search()).generations
        before = contents(folder)
        (folder / "02-8.png").unlink()
        assert await run_generate(wanted(folder, prompt="", resume=generation.batch_id), address) == 0
    assert contents(folder) == before


async def test_two_jobs_in_one_folder_leave_the_results_of_both(served_hub: Served, tmp_path: Path) -> None:
    folder, address = tmp_path / "out", HubAddress(served_hub.url)
    async with AsyncHubClient(served_hub.url) as hub:
        for colour in ((1, 2, 3), (3, 2, 1)):
            paint(served_hub, colour)
            job_id = (await hub.jobs.submit(TASKS[:1])).job_id
            for _ in range(2):  # the second time there is nothing new
                options = RunOptions(file=None, follow=job_id, out=folder, as_json=False)
                assert await run_job(options, address) == 0
    assert list(contents(folder)) == [
        *("result-2.json", "result.json"),
        *(f"t1-{number:02}{which}.png" for number in (1, 2, 3) for which in ("-2", "")),
    ]
    assert b'"file": "t1-01-2.png"' in contents(folder)["result-2.json"]
