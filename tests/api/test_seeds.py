"""Seeds of 64 bits through a program that counts in floats, as a browser does: read, sent back, still the same."""

import pytest

from tests.api.conftest import Studio
from tests.api.test_job_routes import ended, submitted
from tests.api.test_task_routes import poll
from vibes.domain.pictures.spec import MAX_SEED

ONE = {"prompt": "a lighthouse", "model_family": "sd15", "steps": 2}
BIG = [2**53 + 1, 2**63 - 1, 2**64 - 1]


@pytest.mark.parametrize("seed", [0, 7, 2**53 - 1, 2**53, *BIG])
async def test_a_browser_reads_a_seed_and_sends_it_back_as_it_was(studio: Studio, seed: int) -> None:
    first = (await studio.http.post("/api/generate", json={**ONE, "seed": seed})).json()
    seen = first["generations"][0]["seed"]
    assert seen == (seed if seed < 2**53 else str(seed)), "a number only where a double holds it"
    again = await studio.http.post("/api/generate", json={**ONE, "seed": seen})
    assert (again.status_code, again.json()["generations"][0]["seed"]) == (202, seen)
    found = (await studio.http.get("/api/generations", params={"seed": str(seen)})).json()
    both = {first["generations"][0]["id"], again.json()["generations"][0]["id"]}
    assert {each["id"] for each in found["generations"]} == both
    for batch in (first, again.json()):
        await studio.finished_batch(batch["batch_id"])
        members = await studio.hub.sessions.generations(batch["session_id"])
        assert [each.spec.seed for each in members] == [seed]


async def test_a_batch_counts_on_from_digits_and_wraps_at_the_largest(studio: Studio) -> None:
    body = {**ONE, "count": 2, "seed": str(MAX_SEED)}
    batch = (await studio.http.post("/api/generate/batch", json=body)).json()
    assert [each["seed"] for each in batch["generations"]] == [str(MAX_SEED), 0]
    await studio.finished_batch(batch["batch_id"])


NO_SEEDS = ["", " 7", "-1", "7.0", "1e3", "\u0667", str(2**64), "1" * 5000, 2**64, -1, 1.5, True, "@7"]


@pytest.mark.parametrize("seed", NO_SEEDS)
async def test_what_is_no_seed_is_refused_with_the_range(studio: Studio, seed: object) -> None:
    refused = await studio.http.post("/api/generate/batch", json={**ONE, "seed": seed})
    assert refused.status_code == 422
    assert f"0 to {MAX_SEED}" in refused.json()["detail"]
    task = {"id": "a", "type": "sd15.text2img", "inputs": {"prompt": "x", "seed": seed}}
    wrong = await studio.http.post("/api/jobs", json={"kind": "workflow", "payload": {"tasks": [task]}})
    assert (wrong.status_code, "seed" in wrong.json()["detail"]) == (422, True)


@pytest.mark.parametrize("seed", [2**64 - 1, str(2**64 - 1)])
async def test_jobs_and_single_tasks_take_and_tell_them_alike(studio: Studio, seed: int | str) -> None:
    task = {"id": "a", "type": "sd15.text2img", "inputs": {"prompt": "x", "steps": 2, "seed": seed}}
    body = {"kind": "workflow", "payload": {"tasks": [task], "return": {"seeds": "@a.seeds", "one": "@a.seeds[0]"}}}
    job = await ended(studio.http, await submitted(studio.http, body))
    assert job["result"] == {"seeds": [str(2**64 - 1)], "one": str(2**64 - 1)}
    assert job["tasks"][0]["images"][0]["seed"] == str(2**64 - 1)
    params = {"prompt": "x", "seed": seed}
    made = (await studio.http.post("/generate", json={"workflow_id": "sd15_txt2img", "params": params})).json()
    assert (await poll(studio, made["task_id"]))["result"]["seed"] == str(2**64 - 1)
