"""The HTTP API as a script sees it: from a batch to its pictures, and every mistake answered clearly."""

import io

import pytest
from PIL import Image

from tests.api.conftest import Studio
from tests.waiting import eventually

BATCH = {"prompt": "a lighthouse", "model_family": "sd15", "count": 3, "seed": 100}
SEED_FIELDS = {
    *("id", "session_id", "batch_id", "parent_id", "stage", "status", "prompt", "negative_prompt", "model_family"),
    *("checkpoint", "task_type", "parameters", "loras", "gpu_id", "seed", "width", "height", "steps", "cfg_scale"),
    *("denoise_strength", "image_url", "thumbnail_url", "generation_time_ms", "error_message", "created_at"),
    *("completed_at", "eta_seconds", "waiting_for", "starred"),
}


async def test_a_batch_is_accepted_at_once_and_its_pictures_can_be_downloaded(studio: Studio) -> None:
    session = (await studio.http.post("/api/sessions", json={"flow_type": "draft_grid"})).json()
    response = await studio.http.post("/api/generate/batch", json={**BATCH, "session_id": session["id"]})
    assert response.status_code == 202
    accepted = response.json()
    assert [each["seed"] for each in accepted["generations"]] == [100, 101, 102]
    assert set(accepted["generations"][0]) >= SEED_FIELDS

    batch = await studio.finished_batch(accepted["batch_id"])
    assert batch["status"] == "complete"
    one = batch["generations"][0]
    assert one["image_url"] == f"/api/images/{session['id']}/{one['id']}"
    picture = await studio.http.get(one["image_url"])
    assert picture.headers["content-type"] == "image/png"
    assert "immutable" in picture.headers["cache-control"]
    Image.open(io.BytesIO(picture.content)).load()
    thumbnail = await studio.http.get(one["thumbnail_url"])
    assert max(Image.open(io.BytesIO(thumbnail.content)).size) <= 256
    again = await studio.http.get(one["image_url"], headers={"If-None-Match": picture.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_one_picture_is_a_batch_of_one(studio: Studio) -> None:
    response = await studio.http.post("/api/generate", json={"prompt": "a cat", "model_family": "sd15"})
    assert response.status_code == 202
    assert response.json()["total"] == 1
    await studio.finished_batch(response.json()["batch_id"])


async def test_a_batch_says_when_it_will_be_done_what_could_not_be_beaten_and_what_it_achieved(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    accepted = (await studio.http.post("/api/generate/batch", json={**BATCH, "priority": "bulk"})).json()
    assert accepted["eta_seconds"] >= accepted["lower_bound_seconds"] * 0.9 > 0
    low, high = accepted["eta_range_seconds"]
    assert low < accepted["eta_seconds"] < high
    assert all(each["eta_seconds"] > 0 for each in accepted["generations"])
    assert accepted["achieved_ratio"] is None
    await eventually(lambda: studio.fleet["fast"].running and studio.fleet["slow"].running)
    gpus = (await studio.http.get("/api/gpus")).json()["gpus"]
    assert all(gpu["eta_seconds"] > 0 for gpu in gpus)
    for node in studio.fleet.nodes.values():
        node.instant = True
        node.finish(node.running[0])
    batch = await studio.finished_batch(accepted["batch_id"])
    assert batch["lower_bound_seconds"] == accepted["lower_bound_seconds"]
    assert batch["achieved_ratio"] > 0


async def test_a_priority_that_does_not_exist_is_refused_with_those_that_do(studio: Studio) -> None:
    refused = await studio.http.post("/api/generate/batch", json={**BATCH, "priority": "urgent"})
    assert refused.status_code == 422
    assert "interactive" in refused.text


async def test_an_idempotency_key_replays_the_answer(studio: Studio) -> None:
    key = {"Idempotency-Key": "order-17"}
    first = await studio.http.post("/api/generate/batch", json=BATCH, headers=key)
    again = await studio.http.post("/api/generate/batch", json=BATCH, headers=key)
    other = await studio.http.post("/api/generate/batch", json={**BATCH, "count": 2}, headers=key)
    assert again.json()["batch_id"] == first.json()["batch_id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_search_finds_by_every_field(studio: Studio) -> None:
    accepted = (await studio.http.post("/api/generate/batch", json=BATCH)).json()
    await studio.finished_batch(accepted["batch_id"])
    starred = accepted["generations"][1]["id"]
    assert (await studio.http.post(f"/api/generations/{starred}/star")).json()["starred"] is True

    async def found(query: str) -> int:
        response = await studio.http.get(f"/api/generations?{query}")
        assert response.status_code == 200, response.text
        return len(response.json()["generations"])

    assert await found("") == 3
    assert await found("prompt=LIGHT") == 3
    assert await found("prompt=100%25") == 0
    assert await found("seed=101") == 1
    assert await found("starred=true") == 1
    assert await found("model_family=sdxl") == 0
    assert await found("status=complete&status=failed") == 3
    assert await found("created_from=2020-01-01T00:00:00Z&limit=2") == 2
    assert (await studio.http.get("/api/generations?limit=0")).status_code == 422
    assert (await studio.http.get("/api/generations?colour=red")).json()["errors"][0]["field"] == "colour"


async def test_cancel_retry_and_star_answer_with_the_generation(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    accepted = (await studio.http.post("/api/generate/batch", json=BATCH)).json()
    cancelled = (await studio.http.delete(f"/api/batches/{accepted['batch_id']}")).json()
    assert cancelled["status"] == "cancelled"
    for node in studio.fleet.nodes.values():
        node.instant = True
    first = accepted["generations"][0]["id"]
    assert (await studio.http.post(f"/api/generations/{first}/retry")).json()["status"] in {"queued", "generating"}
    batch = await studio.finished_batch(accepted["batch_id"])
    assert [each["status"] for each in batch["generations"]] == ["complete", "cancelled", "cancelled"]
    conflict = await studio.http.post(f"/api/generations/{first}/retry")
    assert (conflict.status_code, conflict.json()["code"]) == (409, "not_retryable")


MISTAKES = [
    ({"model_family": "sd16"}, 422, "unknown_family", "did you mean sd15"),
    ({"count": 0}, 422, "invalid_parameters", "between 1 and 1000"),
    ({"count": 10_000}, 422, "invalid_parameters", "between 1 and 1000"),
    ({"count": "three"}, 422, "invalid_parameters", "count"),
    ({"width": 7}, 422, "invalid_parameters", "width must be between 64"),
    ({"steps": -1}, 422, "invalid_parameters", "steps must be between 1"),
    ({"seed": -1}, 422, "invalid_parameters", "seed"),
    ({"cfg_scale": "high"}, 422, "invalid_parameters", "cfg_scale"),
    ({"session_id": "nobody"}, 404, "unknown_session", "nobody"),
    ({"loras": [{"name": "nope.safetensors"}]}, 422, "unknown_lora", "nope.safetensors"),
    ({"loras": [{"name": "sd15-ink-sketch.safetensors"}] * 4}, 422, "no_workflow", "loras"),
    ({"checkpoint": "nope.safetensors"}, 422, "unknown_checkpoint", "nope.safetensors"),
    ({"prompt": "x" * 200_000}, 422, "invalid_parameters", "prompt"),
    ({"promt": "x"}, 422, "invalid_parameters", "promt"),
    ({"parameters": {"stepz": 3}}, 422, "invalid_parameters", "did you mean steps"),
    ({"from": ["nobody"]}, 404, "unknown_generation", "nobody"),
    ({"task_type": "upscale"}, 422, "invalid_parameters", "at least one picture"),
]


@pytest.mark.parametrize(
    ("change", "status", "code", "sentence"), MISTAKES, ids=[str(each[0])[:40] for each in MISTAKES]
)
async def test_each_mistake_has_a_clear_answer_and_leaves_nothing_behind(
    studio: Studio, change: dict[str, object], status: int, code: str, sentence: str
) -> None:
    response = await studio.http.post("/api/generate/batch", json={**BATCH, **change})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (status, code), problem
    assert response.headers["content-type"] == "application/problem+json"
    assert sentence in problem["detail"] + str(problem["errors"])
    assert "Traceback" not in response.text
    assert (await studio.http.get("/api/generations")).json()["generations"] == []


async def test_a_prompt_of_100_kb_of_anything_is_taken_as_text(studio: Studio) -> None:
    prompt = ('{{seed}} "quoted" \\ \u202e<img onerror=alert(1)> 🗼' * 3000)[:60_000]
    accepted = (await studio.http.post("/api/generate/batch", json={**BATCH, "count": 1, "prompt": prompt})).json()
    batch = await studio.finished_batch(accepted["batch_id"])
    assert batch["generations"][0]["prompt"] == prompt
    [graph] = [graph for node in studio.fleet.nodes.values() for graph in node.graphs.values()]
    assert prompt in [node["inputs"].get("text") for node in graph.values()]


async def test_malformed_json_and_wrong_routes_are_problems_too(studio: Studio) -> None:
    malformed = await studio.http.post(
        "/api/generate", content=b'{"prompt": ', headers={"content-type": "application/json"}
    )
    assert (malformed.status_code, malformed.json()["code"]) == (400, "malformed_json")
    nothing = await studio.http.get("/api/nothing")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    wrong = await studio.http.put("/api/generate", json={})
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    for path in ("/api/generations/x", "/api/batches/x", "/api/images/x/y", "/api/sessions/x", "/api/gpus/x"):
        answer = await studio.http.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["detail"].startswith("there is no "), answer.text


async def test_an_enlarged_picture_keeps_the_words_and_the_lineage_of_the_one_it_enlarges(studio: Studio) -> None:
    body = {"prompt": "a red lighthouse", "negative_prompt": "rain", "model_family": "sd15", "count": 1}
    draft = (await studio.http.post("/api/generate/batch", json=body)).json()
    [first] = (await studio.finished_batch(draft["batch_id"]))["generations"]
    upscale = {"task_type": "upscale", "from": [first["id"]], "session_id": first["session_id"], "count": 1}
    [large] = (await studio.http.post("/api/generate/batch", json=upscale)).json()["generations"]
    assert (large["prompt"], large["negative_prompt"], large["parent_id"]) == ("a red lighthouse", "rain", first["id"])
    await studio.finished_batch(large["batch_id"])
    found = (await studio.http.get("/api/generations", params={"prompt": "red lighthouse"})).json()
    assert {each["id"] for each in found["generations"]} == {first["id"], large["id"]}
