"""``/api/jobs`` and ``/api/workflow`` as a client sees them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.api.conftest import Studio
from tests.api.event_stream import ServerEvent, follow, read_stream
from tests.fakes import FakeFleet, SameMachines, png
from tests.hub import http_client, open_hub, served, settings_for
from tests.loopback import loopback_client
from tests.waiting import deadline, eventually
from vibes.app.hub import Hub
from vibes.domain.generation import GenerationStatus
from vibes.domain.job import JobStatus
from vibes.domain.pictures.graph import Graph

SMALLEST_BODY: dict[str, Any] = {
    "kind": "workflow",
    "payload": {
        "tasks": [{"id": "t1", "type": "sd15.text2img", "inputs": {"prompt": "..."}}],
        "return": "@t1.images",
    },
}
"""No key but the necessary ones."""

CHAIN: dict[str, Any] = {
    "kind": "workflow",
    "payload": {
        "tasks": [
            {"id": "t1", "type": "sd15.text2img", "inputs": {"prompt": "a cat", "count": 2, "seed": 7}},
            {"id": "t2", "type": "upscale.esrgan", "inputs": {"image": "@t1.images[1]"}},
        ],
        "return": {"drafts": "@t1.images", "large": "@t2.images[0]", "seed": "@t1.seeds[1]", "note": "mine"},
    },
}


async def submitted(http: httpx.AsyncClient, body: dict[str, Any], **headers: str) -> str:
    response = await http.post("/api/jobs", json=body, headers=headers)
    assert response.status_code == 202, response.text
    answer = response.json()
    assert set(answer) == {"job_id", "status"}
    return str(answer["job_id"])


async def ended(http: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    async def terminal() -> dict[str, Any] | None:
        job: dict[str, Any] = (await http.get(f"/api/jobs/{job_id}")).json()
        return job if job["status"] in {"complete", "failed", "cancelled"} else None

    return await eventually(terminal, what="the job has ended")


async def test_the_seeds_own_example_works_as_it_is_written(studio: Studio) -> None:
    job = await ended(studio.http, await submitted(studio.http, SMALLEST_BODY))
    assert (job["status"], job["kind"], job["progress"], job["error"]) == ("complete", "workflow", 1.0, None)
    [picture] = job["result"]
    image = await studio.http.get(picture["image_url"])
    assert (image.status_code, image.headers["content-type"]) == (200, "image/png")
    assert (await studio.http.get(picture["thumbnail_url"])).status_code == 200


async def test_a_chain_tells_each_task_with_its_node_its_times_and_its_pictures(studio: Studio) -> None:
    job = await ended(studio.http, await submitted(studio.http, CHAIN))
    first, second = job["tasks"]
    assert (first["workflow"], first["completed"], first["total"], first["progress"]) == ("sd15_txt2img", 2, 2, 1.0)
    assert set(first["nodes"]) <= {"fast", "slow"}
    assert (second["type"], second["nodes"]) == ("upscale.esrgan", ["fast"]), "only fast can upscale"
    assert all(task["seconds"] >= 0 and task["started_at"] and task["completed_at"] for task in job["tasks"])
    assert job["result"] == {
        "drafts": first["images"],
        "large": second["images"][0],
        "seed": 8,
        "note": "mine",
    }
    assert {each["node_id"] for each in first["images"]} <= {"fast", "slow"}


async def test_each_picture_of_a_job_names_all_files_that_its_workflow_saved(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.saves = 3
    job = await ended(studio.http, await submitted(studio.http, SMALLEST_BODY))
    [picture] = job["result"]
    assert picture == job["tasks"][0]["images"][0]
    url = picture["image_url"]
    assert [(each["index"], each["url"], each["media_type"]) for each in picture["images"]] == [
        (0, url, "image/png"),
        (1, f"{url}/1", "image/png"),
        (2, f"{url}/2", "image/png"),
    ]
    for each in picture["images"]:
        answer = await studio.http.get(each["url"])
        assert hashlib.sha256(answer.content).hexdigest() == each["sha256"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "batch"}, "/kind"),
        ({"payload": {"tasks": "t1"}}, "/payload/tasks"),
        ({"payload": {"tasks": [{"id": "t1"}]}}, "/payload/tasks/0/type"),
        ({"payload": {"tasks": []}}, "/payload/tasks"),
        ({"payload": {"tasks": [{"id": "t1", "type": "sd15.text2img", "input": {}}]}}, "/payload/tasks/0/input"),
        ({"payload": {"tasks": [{"id": "t1", "type": "sd9.text2img"}]}}, "/payload/tasks/0/type"),
        ({"payload": {"tasks": [{"id": "t1", "type": "sd15.text2img"}]}}, "/payload/tasks/0/inputs/prompt"),
        (
            {
                "payload": {
                    "tasks": [{"id": "t", "type": "upscale.esrgan", "inputs": {"image": "@artifact:" + "0" * 64}}]
                }
            },
            "/payload/tasks/0/inputs/image",
        ),
        (
            {"payload": {"tasks": [{"id": "t", "type": "upscale.esrgan", "inputs": {"image": ["@generation:no"]}}]}},
            "/payload/tasks/0/inputs/image/0",
        ),
        ({"priority": "urgent"}, "/priority"),
    ],
)
async def test_a_mistake_has_a_pointer_and_nothing_is_queued(
    studio: Studio, change: dict[str, Any], pointer: str
) -> None:
    response = await studio.http.post("/api/jobs", json={**SMALLEST_BODY, **change})
    assert response.status_code == 422, response.text
    assert pointer in [each["pointer"] for each in response.json()["errors"]]
    assert (await studio.http.get("/api/jobs")).json()["total"] == 0
    assert (await studio.http.get("/api/generations")).json()["total"] == 0


async def test_jobs_are_listed_newest_first_in_pages_and_by_status(studio: Studio) -> None:
    ids = [await submitted(studio.http, SMALLEST_BODY) for _ in range(5)]
    for job_id in ids:
        await ended(studio.http, job_id)
    page = (await studio.http.get("/api/jobs?limit=2&offset=1")).json()
    assert [job["job_id"] for job in page["jobs"]] == ids[::-1][1:3]
    assert (page["total"], page["limit"], page["offset"]) == (5, 2, 1)
    assert page["jobs"][0]["tasks"] == [{"id": "t1", "type": "sd15.text2img", "status": "complete"}]
    assert (await studio.http.get("/api/jobs?status=failed&status=queued")).json()["total"] == 0
    assert (await studio.http.get("/api/jobs?status=complete")).json()["total"] == 5
    assert (await studio.http.get("/api/jobs?status=done")).status_code == 422
    assert (await studio.http.get("/api/sessions")).json()["sessions"] == [], "jobs do not clutter the sessions"


async def test_a_key_sent_again_answers_with_the_same_job(studio: Studio) -> None:
    first = await submitted(studio.http, CHAIN, **{"Idempotency-Key": "k"})
    assert await submitted(studio.http, CHAIN, **{"Idempotency-Key": "k"}) == first
    other = await studio.http.post("/api/jobs", json=SMALLEST_BODY, headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    together = [submitted(studio.http, SMALLEST_BODY, **{"Idempotency-Key": "race"}) for _ in range(8)]
    assert len(set(await asyncio.gather(*together))) == 1
    assert (await studio.http.get("/api/jobs")).json()["total"] == 2
    await ended(studio.http, first)


async def test_what_is_no_job_is_not_found(studio: Studio) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/events")):
        response = await studio.http.request(method, f"/api/jobs/nothing{path}")
        assert (response.status_code, response.json()["code"]) == (404, "unknown_job")


async def test_a_job_is_cancelled_with_all_that_is_under_way(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    settings = settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        job_id = await submitted(http, CHAIN)
        await eventually(lambda: fleet["fast"].running)
        cancelled = (await http.delete(f"/api/jobs/{job_id}")).json()
        again = (await http.post(f"/api/jobs/{job_id}/cancel")).json()
        events = read_stream((await http.get(f"/api/jobs/{job_id}/events")).text)
        await eventually(lambda: fleet["fast"].cancelled)
    assert (cancelled["status"], [task["status"] for task in cancelled["tasks"]]) == ("cancelled", ["cancelled"] * 2)
    assert again["completed_at"] == cancelled["completed_at"]
    assert events[-1].data["status"] == "cancelled"


async def test_the_events_of_a_job_that_is_over_are_told_from_any_number_on(studio: Studio) -> None:
    job_id = await submitted(studio.http, CHAIN)
    job = await ended(studio.http, job_id)
    path = f"/api/jobs/{job_id}/events"
    events = read_stream((await studio.http.get(path)).text)
    stored = [each for each in events if each.event != "progress"]
    assert [each.id for each in stored] == [str(number) for number in range(1, len(stored) + 1)]
    assert [each.data["status"] for each in stored if each.event == "job"] == ["queued", "running", "complete"]
    assert stored[-1].data["result"] == job["result"]
    [done] = [each for each in stored if each.data.get("task_id") == "t2" and each.data["status"] == "complete"]
    assert done.data["images"] == job["tasks"][1]["images"]
    beyond = await studio.http.get(path, headers={"Last-Event-ID": stored[-1].id})
    assert (beyond.status_code, beyond.text) == (204, ""), "a browser that lost its line after the end stops asking"
    for start, nonsense in ((3, False), (len(stored) - 1, False), (0, True)):
        after = "nonsense" if nonsense else str(start)
        rest = read_stream((await studio.http.get(path, headers={"Last-Event-ID": after})).text)
        assert [each.id for each in rest if each.event != "progress"] == [each.id for each in stored[start:]]


async def test_who_is_cut_off_again_and_again_hears_each_event_once(tmp_path: Path) -> None:
    """One client listens without a break, the other loses its line after every second event."""
    fleet = FakeFleet(instant=False)
    async with served_studio(tmp_path, fleet) as (hub, http), deadline():
        job_id = await submitted(http, CHAIN)
        path = f"/api/jobs/{job_id}/events"
        whole = asyncio.create_task(heard_to_the_end(http, path))
        cut = asyncio.create_task(heard_in_pieces(http, path, 2))
        for number in range(1, 4):
            await draw_one(fleet)
            await eventually(partial(stored_pictures, hub, number))
        heard, pieces = await whole, await cut

    assert [each.id for each in pieces] == [each.id for each in heard]
    assert len({each.id for each in heard}) == len(heard)
    assert pieces == heard
    assert [each.event for each in heard].count("progress") >= 3, "hints are numbered too"


@asynccontextmanager
async def served_studio(folder: Path, fleet: FakeFleet, **given: Any) -> AsyncIterator[tuple[Hub, httpx.AsyncClient]]:
    """A hub on a real socket, whose answers come as they are made."""
    settings = settings_for(folder, **given)
    async with (
        open_hub(settings, fleet) as hub,
        served(hub, settings) as address,
        loopback_client(f"http://{address}") as http,
    ):
        yield hub, http


async def draw_one(fleet: FakeFleet) -> None:
    """Step by step, whatever some node runs."""
    node = await eventually(lambda: next((each for each in fleet.nodes.values() if each.running), None))
    [attempt_id] = node.running
    for step in range(1, 6):
        node.progress(attempt_id, drawer_in(node.graphs[attempt_id]), step, 10)
        await eventually(node._events.empty)
    node.finish(attempt_id)


def drawer_in(graph: Graph) -> str:
    """The graph node that takes the time."""
    return next(key for key, body in graph.items() if body["class_type"] in {"KSampler", "ImageUpscaleWithModel"})


async def stored_pictures(hub: Hub, number: int) -> bool:
    return (await hub.storage.generations.count_by_status())[GenerationStatus.COMPLETE] >= number


async def heard_to_the_end(http: httpx.AsyncClient, path: str) -> list[ServerEvent]:
    return [event async for event in follow(http, path)]


async def heard_in_pieces(http: httpx.AsyncClient, path: str, at_most: int) -> list[ServerEvent]:
    """As an EventSource behind a bad proxy: it comes back with the last number that it has heard."""
    heard: list[ServerEvent] = []
    while not (heard and heard[-1].last):
        count = 0
        stream = follow(http, path, heard[-1].id if heard else None)
        async for event in stream:
            heard.append(event)
            count += 1
            if count == at_most:
                break
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator
    return heard


async def test_numbers_go_on_over_a_restart_of_the_hub(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    settings = settings_for(tmp_path)
    heard: list[ServerEvent] = []
    async with served_studio(tmp_path, fleet) as (_, http), deadline():
        job_id = await submitted(http, CHAIN)
        await eventually(lambda: fleet["fast"].running and fleet["slow"].running)
        async for event in follow(http, f"/api/jobs/{job_id}/events"):
            heard.append(event)
            if event.data.get("task_id") == "t1" and event.data["status"] == "running":
                break
    machines = SameMachines(fleet.nodes)
    async with open_hub(settings, machines) as hub, http_client(hub, settings) as http:
        for node in machines.nodes.values():
            node.finish(node.running[0])
        await ended(http, job_id)
        headers = {"Last-Event-ID": heard[-1].id}
        heard += read_stream((await http.get(f"/api/jobs/{job_id}/events", headers=headers)).text)
    stored = [each.id for each in heard if each.event != "progress"]
    assert stored == [str(number) for number in range(1, len(stored) + 1)]
    assert heard[-1].last


async def test_a_quiet_stream_says_that_it_is_alive_and_ends_with_the_hub(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    lines = []
    async with served_studio(tmp_path, fleet, event_heartbeat=0.05) as (hub, http), deadline():
        job_id = await submitted(http, SMALLEST_BODY)
        async with http.stream("GET", f"/api/jobs/{job_id}/events") as response:
            async for line in response.aiter_lines():
                lines.append(line)
                if lines.count(": still there") == 2:
                    hub.stop_claiming()
    assert lines.count(": still there") >= 2
    assert lines[0] == "retry: 1000"


async def test_an_upload_serves_a_job_and_then_is_gone(studio: Studio) -> None:
    uploaded = await studio.http.post("/api/artifacts", files={"file": ("x.png", png())})
    artifact_id = uploaded.json()["artifact_id"]
    task = {"id": "t1", "type": "upscale.esrgan", "inputs": {"image": f"@artifact:{artifact_id}"}}
    job = await ended(studio.http, await submitted(studio.http, {"kind": "workflow", "payload": {"tasks": [task]}}))
    assert job["status"] == "complete"

    async def gone() -> bool:
        return (await studio.http.get(f"/api/artifacts/{artifact_id}")).status_code == 404

    await eventually(gone)
    assert len(job["result"]) == 1, "without a return it is what the last task made"


async def test_nothing_of_jobs_and_uploads_is_told_to_who_has_not_the_key(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, api_key=SecretStr("correct horse battery staple"))
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        http.headers["X-API-Key"] = "correct horse battery staple"
        artifact_id = (await http.post("/api/artifacts", files={"file": ("x", png())})).json()["artifact_id"]
        job_id = await submitted(http, SMALLEST_BODY)
        await ended(http, job_id)
        http.headers["X-API-Key"] = "another key altogether"
        paths = (f"artifacts/{artifact_id}", f"jobs/{job_id}", f"jobs/{job_id}/events", "jobs", "workflow/catalog")
        assert {(await http.get(f"/api/{path}")).status_code for path in paths} == {401}


async def test_the_task_types_the_schema_and_what_the_fleet_has_are_told(studio: Studio) -> None:
    types = {each["type"]: each for each in (await studio.http.get("/api/workflow/task-types")).json()["task_types"]}
    assert types["sd15.inpaint"]["inputs_schema"]["required"] == ["image", "mask", "prompt"]
    assert types["controlnet.preprocess"]["outputs"] == {"images": "map", "seeds": "seed"}
    assert (types["sd15.text2img"]["nodes"], types["sd15.text2img"]["reasons"]) == (["fast", "slow"], {})
    assert types["upscale.esrgan"]["nodes"] == ["fast"]
    assert list(types["upscale.esrgan"]["reasons"]) == ["slow"]
    assert types["flux.text2img"]["nodes"] == []
    assert "flux" in types["flux.text2img"]["reasons"]["fast"]
    schema = (await studio.http.get("/api/workflow/schema")).json()
    assert set(schema["$defs"]) == set(types)
    catalog = (await studio.http.get("/api/workflow/catalog")).json()
    assert [each["name"] for each in catalog["families"]] == ["sd15", "sdxl"], "flux has no node here"
    assert catalog["checkpoints"][1] == {"name": "v1-5-pruned-emaonly.safetensors", "nodes": ["fast", "slow"]}
    assert {"name": "euler", "nodes": ["fast", "slow"]} in catalog["samplers"]
    assert catalog["other_models"]["upscale_models"][0]["name"] == "4x-UltraSharp.pth"


MANY = 30
"""A thousand are measured, not tested: what is told here is that many at once all become jobs and all end."""


async def test_many_jobs_at_once_are_all_taken_all_end_and_leave_no_upload_behind(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    drawings = [{"id": f"t{index}", "type": "sd15.text2img", "inputs": {"prompt": "a cat"}} for index in range(2)]
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        artifact_id = (await http.post("/api/artifacts", files={"file": ("x", png())})).json()["artifact_id"]
        enlarging = {"id": "up", "type": "upscale.esrgan", "inputs": {"image": f"@artifact:{artifact_id}"}}
        body = {"kind": "workflow", "payload": {"tasks": [*drawings, enlarging]}}
        ids = await asyncio.gather(*(submitted(http, body) for _ in range(MANY)))
        assert len(set(ids)) == MANY

        async def all_complete() -> bool:
            return await hub.storage.jobs.count(statuses=[JobStatus.COMPLETE]) == MANY

        await eventually(all_complete, within=120, what="every job is complete")
        await eventually(lambda: not list((tmp_path / "data" / "artifacts").iterdir()))
        assert (await http.get("/api/generations")).json()["total"] == 3 * MANY, "nothing was submitted twice"


async def test_a_past_job_is_told_as_it_was_submitted_and_is_found_by_its_pictures(studio: Studio) -> None:
    body = {**deepcopy(CHAIN), "priority": "bulk"}
    body["payload"]["tasks"][0]["inputs"]["seed"] = 2**63 + 5
    job_id = await submitted(studio.http, body)
    other = await submitted(studio.http, SMALLEST_BODY)
    job = await ended(studio.http, job_id)
    told = (await studio.http.get(f"/api/jobs/{job_id}/request")).json()
    assert told["payload"]["tasks"][0]["inputs"].pop("seed") == str(2**63 + 5), "a browser would round the number"
    body["payload"]["tasks"][0]["inputs"].pop("seed")
    assert told == {**body, "max_cost_usd": 0}

    again = await ended(studio.http, await submitted(studio.http, told))
    assert (again["status"], len(again["tasks"])) == ("complete", 2)
    found = (await studio.http.get("/api/jobs", params={"session_id": job["session_id"]})).json()
    assert ([each["job_id"] for each in found["jobs"]], found["total"]) == ([job_id], 1)
    assert other != job_id
    assert (await studio.http.get("/api/jobs/none/request")).status_code == 404
