"""A sampler, scheduler or other choice that a node's ComfyUI does not have keeps work from that node, with a reason."""

from pathlib import Path

import pytest

from tests.hub import http_client
from tests.services.asking import finished, request
from tests.simulated_fleet import simulated_fleet
from vibes.domain.errors import InvalidRequest
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.simulator.setup.options import NodeOptions

NEW, OLD = NodeId("new"), NodeId("old")
VERSIONS = pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])


def nodes(version: str, *lacking: str) -> dict[str, NodeOptions]:
    return {
        "old": NodeOptions(profile="instant", comfyui_version=version, without=lacking),
        "new": NodeOptions(profile="instant", comfyui_version=version),
    }


@VERSIONS
@pytest.mark.parametrize(("field", "name"), [("sampler", "er_sde"), ("scheduler", "kl_optimal")])
async def test_work_goes_where_the_choice_is_known_and_waits_for_that_with_a_reason(
    tmp_path: Path, version: str, field: str, name: str
) -> None:
    async with simulated_fleet(tmp_path, nodes(version, name)) as (hub, started, _):
        wanted = request(count=5, values={"prompt": "x", field: name})
        done = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        refused = sum(started["old"].ledger.received.values())
        hub.supervisor.drain(NEW)
        waiting = await hub.generations.submit(wanted)
        reason = hub.forecast.waiting_for(waiting.generations[0].id)
        await hub.generations.cancel_batch(waiting.batch.id)
    assert {(each.status, each.node_id) for each in done} == {(GenerationStatus.COMPLETE, "new")}
    assert refused == 0, "the old one was not even asked"
    assert f"old lacks {field} {name}" in str(reason)


@pytest.mark.parametrize(
    ("field", "name", "code", "near"),
    [
        ("sampler", "eulr", "unknown_sampler", "euler"),
        ("sampler", "nope", "unknown_sampler", ""),
        ("scheduler", "karas", "unknown_scheduler", "karras"),
    ],
)
async def test_a_choice_that_no_node_has_is_refused_with_near_names(
    tmp_path: Path, field: str, name: str, code: str, near: str
) -> None:
    async with simulated_fleet(tmp_path, nodes("0.33.0")) as (hub, _, settings), http_client(hub, settings) as client:
        body = {"prompt": "x", "model_family": "sd15", field: name}
        answers = [await client.post(path, json=body) for path in ("/api/generate", "/api/generate/batch")]
        inputs = {"prompt": "x", field: name}
        task = {"id": "t1", "type": "sd15.text2img", "inputs": inputs}
        job = await client.post("/api/jobs", json={"kind": "workflow", "payload": {"tasks": [task]}})
    for answer in answers:
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, code)
        assert problem["detail"].startswith(f"no node has the {field} {name!r}; there is {near}")
        assert problem["errors"][0]["field"] == field
    assert job.status_code == 422
    assert f"no node has {name!r}" in job.text


async def test_any_other_choice_of_a_graph_counts_as_well_whoever_chose_it(tmp_path: Path) -> None:
    fleet = nodes("0.33.0", "nearest-exact", "bislerp", "bicubic")
    async with simulated_fleet(tmp_path, fleet) as (hub, _, settings), http_client(hub, settings) as client:
        [fit] = (await client.get("/api/workflows/sd15_hires_fix")).json()["nodes"]
    assert fit["able"] == ["new"]
    assert fit["unable"]["old"].startswith("lacks LatentUpscale"), fit


async def test_a_node_that_has_not_told_its_lists_yet_may_have_it(tmp_path: Path) -> None:
    async with simulated_fleet(tmp_path, nodes("0.33.0")) as (hub, _, _settings):
        wanted = request(values={"prompt": "x", "sampler": "brand_new"})
        told, hub.supervisor.get(OLD).inventory = hub.supervisor.get(OLD).inventory, None
        submission = await hub.generations.submit(wanted)
        await hub.generations.cancel_batch(submission.batch.id)
        hub.supervisor.get(OLD).inventory = told
        with pytest.raises(InvalidRequest, match="no node has the sampler"):
            await hub.generations.submit(wanted)
