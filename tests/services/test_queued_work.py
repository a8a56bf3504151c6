"""Work that was asked for is done as it was asked for, whatever happens to the files of its workflow meanwhile."""

import asyncio
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.unit.workflow_sources import ROOT
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.errors import NotFound
from vibes.domain.generation import GenerationStatus
from vibes.environment.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A hub whose own folder holds one workflow: the shipped drafts under another name, with 3 steps."""
    own = tmp_path / "own"
    (own / "manifests").mkdir(parents=True)
    (own / "workflows").mkdir()
    shutil.copy(ROOT / "templates" / "workflows" / "sd15_txt2img.json", own / "workflows" / "mine.json")
    write_manifest(own, steps=3)
    return settings_for(tmp_path, workflows=(own,))


def write_manifest(own: Path, steps: int) -> None:
    text = f"""
mine:
  families: [sd15]
  operation: txt2img
  default_params: {{steps: {steps}, width: 512, height: 512}}
  family_defaults: {{sd15: {{checkpoint: v1-5-pruned-emaonly.safetensors}}}}
"""
    (own / "manifests" / "mine.yaml").write_text(text, encoding="utf-8")


def steps_of(graphs: Mapping[Any, Any]) -> list[int]:
    return [graph["4"]["inputs"]["steps"] for graph in graphs.values()]


def all_steps(fleet: FakeFleet) -> list[int]:
    return sorted(steps for node in fleet.nodes.values() for steps in steps_of(node.graphs))


def let_go(fleet: FakeFleet) -> None:
    for node in fleet.nodes.values():
        node.instant = True
        for attempt_id in node.running:
            node.finish(attempt_id)


async def started(hub: Hub, fleet: FakeFleet) -> None:
    await eventually(lambda: all(node.running for node in fleet.nodes.values()), what="both nodes work")


async def test_an_edit_while_a_batch_runs_affects_only_later_submissions(settings: Settings) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings, fleet) as hub:
        first = await hub.generations.submit(request(workflow="mine", count=6))
        await started(hub, fleet)
        write_manifest(settings.workflows[0], steps=4)
        template = settings.workflows[0] / "workflows" / "mine.json"
        template.write_text(template.read_text().replace('"4": {', '"4": {"_meta": {"title": "new"},'))
        await eventually(lambda: hub.catalog.library.get("mine").parameters["steps"].default == 4)
        await eventually(lambda: "_meta" in hub.catalog.library.get("mine").template["4"])
        second = await hub.generations.submit(request(workflow="mine", count=2))
        let_go(fleet)
        await finished(hub, first.batch.id)
        await finished(hub, second.batch.id)

    assert all_steps(fleet) == [3] * 6 + [4] * 2
    graphs = [graph for node in fleet.nodes.values() for graph in node.graphs.values()]
    assert sorted("_meta" in graph["4"] for graph in graphs) == [False] * 6 + [True] * 2


async def test_deleting_a_template_in_use_breaks_nothing_that_is_queued_nor_its_retry(settings: Settings) -> None:
    fleet = FakeFleet(instant=False)
    async with open_hub(settings, fleet) as hub:
        batch = (await hub.generations.submit(request(workflow="mine", count=5))).batch
        await started(hub, fleet)
        last = (await hub.storage.generations.of_batch(batch.id))[-1]
        await hub.generations.cancel(last.id)
        shutil.rmtree(settings.workflows[0])
        await eventually(lambda: "mine" not in hub.catalog.library.workflows)
        with pytest.raises(NotFound, match="there is no workflow 'mine'"):
            await hub.generations.submit(request(workflow="mine"))
        await hub.generations.retry(last.id)
        let_go(fleet)
        generations = await finished(hub, batch.id)

    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert all_steps(fleet) == [3] * 5


async def test_queued_work_survives_the_deletion_of_its_template_and_then_a_restart_of_the_hub(
    settings: Settings,
) -> None:
    before = FakeFleet(instant=False)
    async with open_hub(settings, before) as hub:
        batch = (await hub.generations.submit(request(workflow="mine", count=5))).batch
        await started(hub, before)
    shutil.rmtree(settings.workflows[0])

    fleet = FakeFleet()  # machines that were restarted too: they know nothing of what they had
    async with open_hub(settings.model_copy(update={"workflows": ()}), fleet) as hub:
        generations = await finished(hub, batch.id)

    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert all_steps(fleet) == [3] * 5


async def test_a_large_batch_shares_one_copy_of_its_workflow(settings: Settings, tmp_path: Path) -> None:
    async with open_hub(settings, FakeFleet(instant=False)) as hub:
        await asyncio.gather(*(hub.generations.submit(request(workflow="mine", count=100)) for _ in range(3)))
        await hub.generations.submit(request(count=1))

    with closing(sqlite3.connect(tmp_path / "data" / "vibes.db")) as connection:
        [(versions, longest)] = connection.execute("SELECT count(*), max(length(document)) FROM workflow_versions")
        [(named,)] = connection.execute("SELECT count(*) FROM generations WHERE workflow_version IS NOT NULL")
    assert (versions, named) == (2, 301)
    assert longest < 10_000


async def test_the_pictures_of_a_batch_share_what_is_the_same_of_all(settings: Settings) -> None:
    async with open_hub(settings, FakeFleet(instant=False)) as hub:
        submitted = await hub.generations.submit(request(count=50))

    assert len({id(each.spec.parameters) for each in submitted.generations}) == 1, "of a long queue it is a fifth"
