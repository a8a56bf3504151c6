"""Pictures that differ from one another as told: one batch, each with its difference as data."""

import asyncio
from typing import Any

from tests.api.conftest import Studio
from vibes.domain.pictures.spec import MAX_SEED

BASE: dict[str, Any] = {"prompt": "a cat on a roof", "model_family": "sd15"}
STEPS_AND_CFG = {
    "x": {"parameter": "steps", "values": [10, 20, 30]},
    "y": {"parameter": "cfg_scale", "range": {"from": 5, "to": 9, "count": 3}},
}


async def vary(studio: Studio, status: int = 202, **asked: Any) -> dict[str, Any]:
    response = await studio.http.post("/api/generate/variations", json={**BASE, **asked})
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_grid_is_one_batch_drawn_from_its_centre_with_one_seed(studio: Studio) -> None:
    accepted = await vary(studio, axes=STEPS_AND_CFG)
    pictures = accepted["generations"]
    assert accepted["total"] == 9
    assert pictures[0]["varied"] == {"steps": 20, "cfg_scale": 7.0}
    assert {(each["steps"], each["cfg_scale"]) for each in pictures} == {
        (s, c) for s in (10, 20, 30) for c in (5, 7, 9)
    }
    assert all(each["varied"] == {"steps": each["steps"], "cfg_scale": each["cfg_scale"]} for each in pictures)
    assert len({each["seed"] for each in pictures}) == 1
    assert accepted["axes"] == [
        {"parameter": "steps", "values": [10, 20, 30]},
        {"parameter": "cfg_scale", "values": [5.0, 7.0, 9.0]},
    ]

    batch = await studio.finished_batch(accepted["batch_id"])
    assert batch["status"] == "complete"
    assert batch["axes"] == accepted["axes"]
    found = (await studio.http.get("/api/generations", params={"varied": ["steps=30", "cfg_scale"]})).json()
    assert {each["cfg_scale"] for each in found["generations"]} == {5, 7, 9}
    assert found["total"] == 3
    assert (await studio.http.get("/api/generations", params={"q": "steps: 30"})).json()["total"] == 3
    one = (await studio.http.get(f"/api/generations/{pictures[0]['id']}")).json()
    assert one["varied"] == pictures[0]["varied"]
    session = (await studio.http.get(f"/api/sessions/{accepted['session_id']}")).json()
    assert session["generations"][0]["varied"] == pictures[0]["varied"]


async def test_a_list_of_variations_is_drawn_in_its_order(studio: Studio) -> None:
    listed = [
        {"seed": str(MAX_SEED)},
        {"wording:cat": "dog", "steps": 5},
        {"lora:sd15-ink-sketch.safetensors": 0.5},
        {"loras": [{"name": "sd15-ink-sketch.safetensors"}], "sampler": "dpmpp_2m"},
        {"prompt": "a boat", "denoise_strength": 0.9},
    ]
    accepted = await vary(studio, seed=3, variations=listed)
    pictures = accepted["generations"]
    assert [each["seed"] for each in pictures] == [str(MAX_SEED), 3, 3, 3, 3]
    assert [each["prompt"] for each in pictures] == [BASE["prompt"]] * 1 + ["a dog on a roof"] + [
        BASE["prompt"]
    ] * 2 + ["a boat"]
    assert pictures[0]["varied"] == {"seed": str(MAX_SEED)}
    assert pictures[2]["loras"] == [
        {"name": "sd15-ink-sketch.safetensors", "strength_model": 0.5, "strength_clip": 0.5}
    ]
    assert pictures[2]["workflow"] == pictures[3]["workflow"]
    assert pictures[3]["varied"] == {"loras": "sd15-ink-sketch.safetensors 1", "sampler": "dpmpp_2m"}
    assert accepted["axes"] == []
    assert (await studio.finished_batch(accepted["batch_id"]))["status"] == "complete"


async def test_each_value_is_judged_as_in_a_batch_and_every_wrong_one_is_named_with_its_axis(studio: Studio) -> None:
    axes = {
        "x": {"parameter": "steps", "values": [20, 0, "many"]},
        "y": {"parameter": "cfg_scale", "values": [7.0, -5]},
    }
    refused = await vary(studio, 422, axes=axes)
    errors = {each["field"]: each for each in refused["errors"]}
    assert set(errors) == {"axes.x.values.1", "axes.x.values.2", "axes.y.values.1"}
    assert errors["axes.x.values.1"]["message"].startswith("steps 0: steps must be")
    assert errors["axes.x.values.1"]["pointer"] == "/axes/x/values/1"
    assert errors["axes.y.values.1"]["message"].startswith("cfg_scale -5: cfg_scale must be")
    assert (await studio.http.get("/api/generations")).json()["total"] == 0
    assert (await studio.http.get("/api/sessions")).json()["sessions"] == []


async def test_a_wrong_value_of_a_list_is_named_by_its_place_and_one_of_all_by_its_field(studio: Studio) -> None:
    wrong = [{"steps": 20}, {"checkpoint": "nobody has it.safetensors"}, {"wording:dog": "cat"}, {"nonsense": 1}]
    refused = await vary(studio, 422, variations=wrong[1:2])
    assert refused["code"] == "unknown_checkpoint"
    assert [each["field"] for each in refused["errors"]] == ["variations.0.checkpoint"]
    refused = await vary(studio, 422, variations=wrong[2:])
    assert [each["field"] for each in refused["errors"]] == ["variations.0.wording:dog"]
    refused = await vary(studio, 422, variations=wrong[3:])
    assert [each["field"] for each in refused["errors"]] == ["variations.0.nonsense"]
    refused = await vary(studio, 422, variations=wrong[:1], cfg_scale=-5)
    assert [each["field"] for each in refused["errors"]] == ["cfg_scale"]


async def test_what_no_node_can_do_is_told_with_what_it_differs_in(studio: Studio) -> None:
    refused = await vary(studio, 422, model_family="sdxl", variations=[{"width": 1024}, {"width": 4096}])
    assert refused["code"] == "no_capable_node"
    assert refused["detail"].startswith("with width 4096: no node can ever do this")
    refused = await vary(studio, 422, model_family="sdxl", width=4096, variations=[{"seed": 1}, {"seed": 2}])
    assert refused["detail"].startswith("no node can ever do this")


NO_VARIATIONS: list[dict[str, Any]] = [
    {},
    {"variations": [], "axes": None},
    {"variations": [{"seed": 1}], "axes": STEPS_AND_CFG},
    {"axes": {"y": STEPS_AND_CFG["y"]}},
    {"axes": {"x": {"parameter": "steps"}}},
    {"axes": {"x": {"parameter": "steps", "values": []}}},
    {"axes": {"x": {"parameter": "steps", "values": [20, 20]}}},
    {"axes": {"x": {"parameter": "steps", "values": [20], "range": {"from": 1, "to": 2}}}},
    {"axes": {"x": {"parameter": "steps", "range": {"from": 1, "to": 1000}}}},
    {"axes": {"x": {"parameter": "steps", "range": {"from": True, "to": 2}}}},
    {"axes": {"x": {"parameter": "steps", "range": {"from": 1, "to": 2, "step": 0}}}},
    {"axes": {"x": {"parameter": "wording", "values": [1]}}},
    {"axes": {"x": {"parameter": "steps", "find": "cat", "values": [20]}}},
    {"axes": {"x": {"parameter": "lora", "values": [1]}}},
    {"axes": {"x": STEPS_AND_CFG["x"], "y": STEPS_AND_CFG["x"]}},
    {"axes": {"x": {"parameter": "seed", "range": {"from": 1, "to": 251}}, "y": STEPS_AND_CFG["y"]}},
    {"variations": [{"seed": each} for each in range(501)]},
    {"variations": [{f"p{each}": 1 for each in range(21)}]},
    {"variations": [{"seed": 1}], "count": 2},
]


async def test_what_is_no_list_and_no_grid_is_refused(studio: Studio) -> None:
    for asked in NO_VARIATIONS:
        assert (await vary(studio, 422, **asked))["errors"], asked


async def test_the_same_order_twice_is_one_batch(studio: Studio) -> None:
    key = {"Idempotency-Key": "grid-1"}
    body = {**BASE, "axes": STEPS_AND_CFG}
    answers = [await studio.http.post("/api/generate/variations", json=body, headers=key) for _ in range(2)]
    assert answers[0].json()["batch_id"] == answers[1].json()["batch_id"]
    other = {**body, "seed": 1}
    refused = await studio.http.post("/api/generate/variations", json=other, headers=key)
    assert refused.json()["code"] == "idempotency_key_reused"


async def test_an_estimate_tells_time_and_nodes_and_queues_nothing(studio: Studio) -> None:
    body = {**BASE, "axes": STEPS_AND_CFG}
    estimate = (await studio.http.post("/api/generate/variations/estimate", json=body)).json()
    assert estimate["eta_seconds"] > 0
    assert sum(each["count"] for each in estimate["gpus"]) == 9
    assert 0 < estimate["lower_bound_seconds"] <= estimate["eta_seconds"] * 1.01
    assert (await studio.http.get("/api/generations")).json()["total"] == 0
    wrong = {**body, "axes": {"x": {"parameter": "steps", "values": [0]}}}
    refused = await studio.http.post("/api/generate/variations/estimate", json=wrong)
    assert refused.json()["errors"][0]["field"] == "axes.x.values.0"


async def test_a_cancelled_grid_can_be_drawn_after_all(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    accepted = await vary(studio, axes=STEPS_AND_CFG)
    cancelled = (await studio.http.delete(f"/api/batches/{accepted['batch_id']}")).json()
    assert cancelled["status"] == "cancelled"
    for node in studio.fleet.nodes.values():
        node.instant = True
    one = cancelled["generations"][4]
    assert (await studio.http.post(f"/api/generations/{one['id']}/retry")).status_code == 200
    batch = await studio.finished_batch(accepted["batch_id"])
    done = [each for each in batch["generations"] if each["status"] == "complete"]
    assert [each["varied"] for each in done] == [one["varied"]]


async def test_five_hundred_are_accepted_while_others_are_answered(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    axes = {
        "x": {"parameter": "steps", "range": {"from": 1, "to": 20}},
        "y": {"parameter": "seed", "range": {"from": 1, "to": 25}},
    }
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    watcher = asyncio.create_task(others())
    accepted = await vary(studio, axes=axes)
    watcher.cancel()
    assert accepted["total"] == 500
    assert turns > 20


async def test_a_value_that_is_there_twice_is_refused_however_it_is_written(studio: Studio) -> None:
    """Both would have the same place on the sheet, which could not be drawn again."""
    for parameter, values in (("seed", [5, "5"]), ("cfg_scale", [7, 7.0]), ("steps", [9, 9])):
        refused = await vary(studio, 422, axes={"x": {"parameter": parameter, "values": values}})
        assert "is there twice" in refused["detail"]


async def test_a_value_of_no_kind_is_refused_by_its_place_alone(studio: Studio) -> None:
    content = '{"prompt": "a cat", "axes": {"x": {"parameter": "steps", "values": [20, NaN]}}}'
    answer = await studio.http.post(
        "/api/generate/variations", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"axes.x.values.1"}
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/axes/x/values/1"}


async def test_chains_that_differ_for_the_text_encoder_alone_are_two_values(studio: Studio) -> None:
    name = "sd15-ink-sketch.safetensors"
    chains = [[{"name": name, "strength_model": 0.5, "strength_clip": each}] for each in (0.5, 0.2)]
    accepted = await vary(studio, axes={"x": {"parameter": "loras", "values": chains}})
    assert accepted["axes"][0]["values"] == [f"{name} 0.5", f"{name} 0.5/0.2"]
    again = (await studio.http.get(f"/api/batches/{accepted['batch_id']}/sheet.json")).json()
    repeated = await vary(studio, **{name: value for name, value in again.items() if name != "prompt"})
    assert [each["loras"] for each in repeated["generations"]] == [each["loras"] for each in accepted["generations"]]
