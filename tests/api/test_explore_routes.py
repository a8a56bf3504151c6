"""Exploring by the API alone: what lies beside a picture, between two, and a labelled sheet of all."""

import io
from typing import Any

from PIL import Image

from tests.api.conftest import Studio
from tests.waiting import eventually

SD15: dict[str, Any] = {"prompt": "a foggy forest", "model_family": "sd15", "seed": 5}


async def drawn(studio: Studio, path: str = "/api/generate", **body: Any) -> dict[str, Any]:
    response = await studio.http.post(path, json=body)
    assert response.status_code == 202, response.text
    return await studio.finished_batch(response.json()["batch_id"])


async def test_each_direction_leads_to_neighbours_that_can_be_drawn_and_know_their_parent(studio: Studio) -> None:
    [centre] = (await drawn(studio, **SD15))["generations"]
    for direction in ("strength", "wording", "model", "seed", "lora_weight", "guidance"):
        asked = {"generation_id": centre["id"], "direction": direction}
        found = (await studio.http.post("/api/explore/neighbours", json=asked)).json()
        assert found == (await studio.http.post("/api/explore/neighbours", json=asked)).json()
        if direction == "model":
            assert found["none_because"] == "no node has another model of sd15"
            assert found["request"] is None
            continue
        batch = await drawn(studio, "/api/generate/variations", **found["request"])
        assert batch["status"] == "complete"
        pictures = batch["generations"]
        assert [each["varied"] for each in pictures] == [each["varied"] for each in found["neighbours"]]
        assert {each["parent_id"] for each in pictures} == {centre["id"]}
        assert batch["session_id"] == centre["session_id"]
        if direction == "strength":
            assert {each["workflow"] for each in pictures} == {"sd15_img2img"}
        if direction == "lora_weight":
            assert [each["loras"][0]["name"] for each in pictures] == ["sd15-ink-sketch.safetensors"]


async def test_who_asks_for_what_is_not_there_is_told(studio: Studio) -> None:
    missing = await studio.http.post("/api/explore/neighbours", json={"generation_id": "x", "direction": "seed"})
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_generation")
    wrong = await studio.http.post("/api/explore/neighbours", json={"generation_id": "x", "direction": "up"})
    assert wrong.status_code == 422
    lost = {**SD15, "explored_from": "x", "variations": [{"seed": 1}]}
    assert (await studio.http.post("/api/generate/variations", json=lost)).status_code == 404


async def test_five_pictures_lead_from_one_to_another(studio: Studio) -> None:
    [one] = (await drawn(studio, **SD15, steps=10))["generations"]
    [other] = (await drawn(studio, **{**SD15, "prompt": "a sunny meadow"}, steps=22))["generations"]
    body = {"from": one["id"], "to": other["id"]}
    estimate = (await studio.http.post("/api/generate/between/estimate", json=body)).json()
    assert sum(each["count"] for each in estimate["gpus"]) == 5
    batch = await drawn(studio, "/api/generate/between", **body)
    assert [each["steps"] for each in batch["generations"]] == [12, 14, 16, 18, 20]
    assert batch["generations"][2]["prompt"] == "(a foggy forest:0.50), (a sunny meadow:0.50)"
    assert {each["seed"] for each in batch["generations"]} == {5}
    assert {each["parent_id"] for each in batch["generations"]} == {one["id"]}


async def test_a_sheet_shows_a_grid_with_what_is_missing_and_draws_it_again(studio: Studio) -> None:
    axes = {
        "x": {"parameter": "wording", "find": "foggy", "values": ["foggy", "sunny", "misty"]},
        "y": {"parameter": "steps", "values": [4, 8]},
    }
    batch = await drawn(studio, "/api/generate/variations", **{**SD15, "axes": axes})
    sheet = await studio.http.get(f"/api/batches/{batch['batch_id']}/sheet.png")
    assert sheet.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(sheet.content)) as picture:
        assert picture.width > 3 * 256
        assert 2 * 256 < picture.height < 4 * 256
        whole = picture.convert("RGB").tobytes()
    image = studio.hub.storage.generations
    lost = await image.get(batch["generations"][0]["id"])
    assert lost is not None
    assert lost.image is not None
    await studio.hub.images.delete(lost.image.paths)
    incomplete = await studio.http.get(f"/api/batches/{batch['batch_id']}/sheet.png")
    assert incomplete.status_code == 200
    with Image.open(io.BytesIO(incomplete.content)) as picture:
        assert picture.convert("RGB").tobytes() != whole

    body = (await studio.http.get(f"/api/batches/{batch['batch_id']}/sheet.json")).json()
    again = await drawn(studio, "/api/generate/variations", **body)
    told = ("prompt", "steps", "seed", "varied", "cfg_scale", "width", "workflow")
    assert [[each[name] for name in told] for each in again["generations"]] == [
        [each[name] for name in told] for each in batch["generations"]
    ]
    assert again["axes"] == batch["axes"]


async def test_an_ordinary_batch_has_a_sheet_too(studio: Studio) -> None:
    batch = await drawn(studio, "/api/generate/batch", **SD15, count=5)
    sheet = await studio.http.get(f"/api/batches/{batch['batch_id']}/sheet.png")
    with Image.open(io.BytesIO(sheet.content)) as picture:
        assert picture.width > 3 * 256
    body = (await studio.http.get(f"/api/batches/{batch['batch_id']}/sheet.json")).json()
    again = await drawn(studio, "/api/generate/variations", **body)
    assert [each["seed"] for each in again["generations"]] == [5, 6, 7, 8, 9]
    assert (await studio.http.get("/api/batches/x/sheet.png")).status_code == 404


async def test_a_style_is_laid_over_what_lies_beside_a_picture_and_between_two(studio: Studio) -> None:
    """Also one with a LoRA, although the picture's own workflow has no place for one."""
    lora = {"name": "sd15-ink-sketch.safetensors", "strength_model": 0.6}
    style = {"name": "Ink", "text": "ink on paper", "loras": [lora]}
    assert (await studio.http.post("/api/styles", json=style)).status_code == 201
    [one] = (await drawn(studio, **SD15, steps=10))["generations"]
    [other] = (await drawn(studio, **SD15, steps=22))["generations"]
    for direction in ("strength", "wording", "seed", "guidance"):
        asked = {"generation_id": one["id"], "direction": direction}
        request = (await studio.http.post("/api/explore/neighbours", json=asked)).json()["request"]
        only = {"variations": request["variations"][:1], "styles": ["ink"]}
        [beside] = (await drawn(studio, "/api/generate/variations", **{**request, **only}))["generations"]
        assert beside["prompt"].endswith(", ink on paper"), direction
        assert beside["written"]["styles"] == ["Ink"]
        assert [each["name"] for each in beside["loras"]] == ["sd15-ink-sketch.safetensors"]
        assert beside["parent_id"] == one["id"]
    way = {"from": one["id"], "to": other["id"], "steps": 1, "styles": ["Ink"]}
    [middle] = (await drawn(studio, "/api/generate/between", **way))["generations"]
    assert (middle["steps"], middle["prompt"]) == (16, "a foggy forest, ink on paper")


async def test_any_pictures_are_drawn_ahead_for_a_topic(studio: Studio) -> None:
    session = (await studio.http.post("/api/sessions", json={})).json()["id"]
    ahead = f"/api/explore/ahead/{session}"
    body = {**SD15, "topic": "mood", "variations": [{"wording": "calm"}, {"wording": "wild"}]}
    begun = await studio.http.post(f"{ahead}/variations", json=body)
    assert (begun.status_code, begun.json()["budget"]) == (202, 2)

    async def drawn_all() -> list[str] | None:
        told = (await studio.http.get(ahead, params={"topic": "mood"})).json()
        return told["begun"] if len(told["begun"]) == 2 and not told["running"] else None

    ids = await eventually(drawn_all, what="both are drawn")
    pictures = [(await studio.http.get(f"/api/generations/{each}")).json() for each in ids]
    assert [each["varied"] for each in pictures] == [{"wording": "calm"}, {"wording": "wild"}]
    assert {each["session_id"] for each in pictures} == {session}
    assert not (await studio.http.get(ahead)).json()["active"], "neighbours are another topic"
    assert not (await studio.http.delete(ahead, params={"topic": "mood"})).json()["active"]
    wrong = {**body, "variations": [{"wording:dog": "cat"}]}
    refused = (await studio.http.post(f"{ahead}/variations", json=wrong)).json()
    assert [each["field"] for each in refused["errors"]] == ["variations.0.wording:dog"]
    assert (await studio.http.post(f"{ahead}/variations", json={**body, "topic": " "})).status_code == 422


async def test_a_sheet_of_pictures_that_start_from_different_ones_is_drawn_again_from_each(studio: Studio) -> None:
    """All were drawn from the first one's picture, and words were sent to a workflow that takes none."""
    parents = [each["id"] for each in (await drawn(studio, "/api/generate/batch", **SD15, count=3))["generations"]]
    changed = {"prompt": "snow", "model_family": "sd15", "from": parents}
    for asked in (changed, {"task_type": "upscale", "from": parents}):
        batch = await drawn(studio, "/api/generate/batch", **asked, count=3)
        body = (await studio.http.get(f"/api/batches/{batch['batch_id']}/sheet.json")).json()
        again = await drawn(studio, "/api/generate/variations", **body)
        assert {each["parameters"]["image"] for each in again["generations"]} == {f"generation:{x}" for x in parents}
        assert [each["parameters"] for each in again["generations"]] == [
            each["parameters"] for each in batch["generations"]
        ]


async def test_beside_a_picture_that_was_only_enlarged_there_is_nothing(studio: Studio) -> None:
    [one] = (await drawn(studio, **SD15))["generations"]
    [large] = (await drawn(studio, "/api/generate", **{"task_type": "upscale", "from": [one["id"]]}))["generations"]
    for direction in ("strength", "wording", "model", "seed", "lora_weight", "guidance"):
        asked = {"generation_id": large["id"], "direction": direction}
        found = (await studio.http.post("/api/explore/neighbours", json=asked)).json()
        assert found["request"] is None
        assert found["none_because"] == "no model drew it, it was made from another picture: explore that one"
