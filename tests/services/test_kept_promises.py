"""What was accepted or said is kept: a drain over a restart, a job while its node is away for a moment, a retry."""

from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet
from tests.hub import FLEET, http_client, open_hub, settings_for
from tests.services.asking import finished, request
from tests.services.jobbing import chain, ended, job_of, task
from tests.waiting import eventually
from vibes.domain.errors import NotFound
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.job import JobStatus
from vibes.services.execution.prompt_sender import PromptSender
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.storage.open import open_storage
from vibes.storage.repositories.attempts import SqlAttempts

FAST, SLOW = NodeId("fast"), NodeId("slow")
ONLY_SLOW = "nodes:\n" + "\n".join(FLEET.splitlines()[-2:])


def state_of(supervisor: NodeSupervisor, node_id: NodeId) -> str:
    return supervisor.get(node_id).state


async def test_a_drained_node_stays_drained_over_a_restart_and_while_it_is_out_of_gpus_yaml(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        drained = (await http.post("/api/gpus/fast/drain")).json()
        assert drained["state"] == "draining"
        await http.post("/api/gpus/fast/drain")
    fleet = FakeFleet()
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        await eventually(lambda: state_of(hub.supervisor, FAST) == "draining")
        answer = (await http.get("/api/gpus/fast")).json()
        assert answer["state_since"] == drained["state_since"], "since a person said so"
        submission = await hub.generations.submit(request(preferred_node=FAST, count=3))
        assert {each.node_id for each in await finished(hub, submission.batch.id)} == {"slow"}
        settings.config.write_text(ONLY_SLOW, encoding="utf-8")
        await eventually(lambda: FAST not in hub.supervisor.nodes)
        settings.config.write_text(FLEET, encoding="utf-8")
        await eventually(lambda: FAST in hub.supervisor.nodes)
        await eventually(lambda: state_of(hub.supervisor, FAST) == "draining")
        assert (await http.post("/api/gpus/fast/resume")).json()["state"] == "ready"
    async with open_hub(settings, FakeFleet()) as hub:
        assert state_of(hub.supervisor, FAST) == "ready"
        with pytest.raises(NotFound):
            await hub.fleet.drain(NodeId("nobody"))


@pytest.mark.parametrize("meanwhile", [(PromptSender, "prepare"), (SqlAttempts, "begin")])
async def test_a_node_that_is_drained_while_its_next_prompt_is_prepared_does_not_get_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: tuple[type, str]
) -> None:
    owner, name = meanwhile
    original = getattr(owner, name)
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:

        async def drained_after(*given: Any) -> Any:
            monkeypatch.setattr(owner, name, original)
            answer = await original(*given)
            await hub.fleet.drain(FAST)
            return answer

        monkeypatch.setattr(owner, name, drained_after)
        submission = await hub.generations.submit(request(preferred_node=FAST))
        [generation] = await finished(hub, submission.batch.id)
        attempts = await hub.storage.attempts.of_generation(generation.id)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, SLOW)
    assert fleet["fast"].posts == []
    assert [each.node_id for each in attempts] == ([SLOW] if name == "prepare" else [FAST, SLOW])


async def test_a_prompt_that_got_lost_is_not_sent_again_to_a_node_that_was_drained_meanwhile(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        node = fleet["fast"]
        node.posts_lost, node.nonsense = 1, True
        submission = await hub.generations.submit(request(preferred_node=FAST))
        await eventually(lambda: node.posts, what="the prompt is on its way")
        await hub.fleet.drain(FAST)
        node.nonsense = False
        [generation] = await finished(hub, submission.batch.id)
    assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, SLOW)
    assert len(node.posts) == 1


@pytest.mark.parametrize("how", ["taken out", "disabled"])
async def test_a_jobs_next_task_waits_for_its_only_node_with_a_reason_while_that_is_out_of_the_fleet(
    tmp_path: Path, how: str
) -> None:
    settings = settings_for(tmp_path)
    fleet = FakeFleet(instant=False)
    async with open_hub(settings, fleet) as hub:
        tasks = task("t1", preferred_gpu="slow"), task("t2", "upscale.esrgan", image="@t1.images[0]")
        job = await hub.jobs.submit(job_of(*tasks))
        [first] = await eventually(lambda: fleet["slow"].running)
        without = ONLY_SLOW if how == "taken out" else FLEET.replace("id: fast", "enabled: false, id: fast")
        settings.config.write_text(without, encoding="utf-8")
        await eventually(lambda: FAST not in hub.supervisor.nodes or state_of(hub.supervisor, FAST) == "disabled")
        fleet["slow"].finish(first)

        async def second_waits() -> str | None:
            view = await hub.jobs.get(job.id)
            waiting = [each.id for each in view.made.get(view.job.tasks[1].id, ())]
            return str(hub.forecast.waiting_for(waiting[0]) or "") if waiting else None

        assert "slow has no capability upscale" in await eventually(second_waits)
        settings.config.write_text(FLEET, encoding="utf-8")
        await eventually(lambda: fleet["fast"].running, what="it is back and draws")
        fleet["fast"].finish(fleet["fast"].running[0])
        assert (await ended(hub, job)).job.status is JobStatus.COMPLETE


async def test_a_picture_of_an_ended_job_that_a_person_retried_is_drawn_by_the_next_hub(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    broken = FakeFleet()
    async with open_hub(settings, broken) as hub:
        for node in broken.nodes.values():
            node.error = "CUDA error"
        view = await ended(hub, await hub.jobs.submit(chain()))
        assert view.job.status is JobStatus.FAILED
        await eventually(lambda: not hub.board.active)
        await hub.queue.pause()
        failed, other = (await hub.jobs.get(view.job.id)).made[view.job.tasks[0].id]
        await hub.generations.retry(failed.id)
    async with open_storage(settings.storage_url) as storage:  # killed before it could cancel what it had to
        await storage.generations.retry(other.id)
        assert {each.id for each in await storage.jobs.left_over()} == set()
    async with open_hub(settings, FakeFleet()) as hub:
        await hub.queue.resume()
        generations = await finished(hub, failed.batch_id)
    assert [each.status for each in generations] == [GenerationStatus.COMPLETE] * 2
