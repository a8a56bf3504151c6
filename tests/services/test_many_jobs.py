"""What makes a thousand jobs quick to hand in must not make one of them wrong or late."""

from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.hub import FLEET, open_hub, settings_for
from tests.services.jobbing import chain, ended, job_of, task
from tests.waiting import eventually
from vibes.domain.errors import InvalidRequest
from vibes.domain.ids import NodeId
from vibes.domain.job import JobStatus


async def test_what_the_fleet_could_do_is_asked_again_when_the_fleet_has_changed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub:
        for _ in range(2):
            await ended(hub, await hub.jobs.submit(chain()))
        settings.config.write_text(FLEET.replace(", upscale", ""), encoding="utf-8")
        fast = hub.supervisor.nodes[NodeId("fast")]
        await eventually(lambda: "upscale" not in hub.supervisor.nodes.get(NodeId("fast"), fast).config.capabilities)
        with pytest.raises(InvalidRequest, match="has no capability upscale") as refused:
            await hub.jobs.submit(chain())
        assert [each.pointer for each in refused.value.problems] == ["/payload/tasks/1"]
        settings.config.write_text(FLEET, encoding="utf-8")
        await eventually(lambda: "upscale" in hub.supervisor.nodes[NodeId("fast")].config.capabilities)
        assert (await ended(hub, await hub.jobs.submit(chain()))).job.status is JobStatus.COMPLETE


async def test_a_checkpoint_that_nobody_has_is_refused_beside_equal_jobs_that_were_fine(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        await ended(hub, await hub.jobs.submit(job_of(task("t1"))))
        with pytest.raises(InvalidRequest, match=r"there is v1-5-pruned-emaonly\.safetensors"):
            await hub.jobs.submit(job_of(task("t1", checkpoint="nobodys.safetensors")))
        with pytest.raises(InvalidRequest):
            await hub.jobs.submit(job_of(task("t1", preferred_gpu="nobody")))


async def test_submissions_without_end_keep_no_job_from_being_driven_on(tmp_path: Path) -> None:
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        with hub.jobs._runner.giving_way():
            job = await hub.jobs.submit(chain())
            assert (await ended(hub, job)).job.status is JobStatus.COMPLETE
