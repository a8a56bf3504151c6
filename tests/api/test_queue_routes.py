"""The queue as people see and steer it."""

from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.hub import http_client, open_hub, settings_for
from tests.waiting import eventually
from vibes.domain.events import QueueChanged
from vibes.services.events.live_events import NumberedEvent

BATCH = {"prompt": "a lighthouse", "model_family": "sd15", "count": 3}
PAUSE, RESUME = {"action": "pause"}, {"action": "resume"}


async def steer(studio: Studio, body: dict[str, Any]) -> dict[str, Any]:
    response = await studio.http.patch("/api/queue", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def ask(studio: Studio, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await studio.http.post("/api/generate/batch", json={**BATCH, **given})).json()
    return answer


async def waiting_ids(studio: Studio, query: str = "") -> list[str]:
    return [each["generation_id"] for each in (await studio.http.get(f"/api/queue{query}")).json()["waiting"]]


def ids(batch: dict[str, Any]) -> list[str]:
    return [each["id"] for each in batch["generations"]]


async def test_a_paused_queue_starts_nothing_says_so_and_goes_on_when_it_is_told(studio: Studio) -> None:
    paused = await steer(studio, PAUSE)
    assert paused["paused"]
    assert paused["paused_since"].endswith("Z")
    assert (await steer(studio, PAUSE))["paused_since"] == paused["paused_since"], "twice is once"
    batch = await ask(studio)
    queue = (await studio.http.get("/api/queue")).json()
    assert (queue["queued"], queue["on_nodes"]) == (3, [])
    assert [each["generation_id"] for each in queue["waiting"]] == ids(batch)
    assert {each["waiting_for"] for each in queue["waiting"]} == {"the queue is paused"}
    assert {each["priority"] for each in queue["waiting"]} == {"normal"}
    assert {each["eta_seconds"] for each in queue["waiting"]} == {None}
    assert not any(node.graphs for node in studio.fleet.nodes.values())
    assert not (await steer(studio, RESUME))["paused"]
    assert (await studio.finished_batch(batch["batch_id"]))["status"] == "complete"


async def test_what_runs_goes_on_while_the_queue_is_paused_and_is_shown_on_its_node(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    batch = await ask(studio, count=1)
    fast, slow = studio.fleet["fast"], studio.fleet["slow"]
    running = await eventually(lambda: fast.running + slow.running)
    [shown] = (await steer(studio, PAUSE))["on_nodes"]
    assert (shown["generation_id"], shown["state"]) == (ids(batch)[0], "running")
    node = fast if fast.running else slow
    node.finish(running[0])
    assert (await studio.finished_batch(batch["batch_id"]))["status"] == "complete"


async def test_a_pause_and_a_move_survive_a_restart_of_the_hub(studio: Studio) -> None:
    await steer(studio, PAUSE)
    first, second = await ask(studio), await ask(studio, priority="bulk")
    await steer(studio, {"action": "move", "to": "front", "batch_id": second["batch_id"]})
    before = await waiting_ids(studio)
    assert before == ids(second) + ids(first)
    folder = studio.folder / "again"
    folder.mkdir()
    data = studio.folder / "data"
    studio.hub.stop_claiming()
    await studio.hub.storage.ping()
    (folder / "data").mkdir()
    for name in ("vibes.db", "vibes.db-wal"):
        (folder / "data" / name).write_bytes((data / name).read_bytes())
    settings = settings_for(folder)
    async with open_hub(settings, studio.fleet) as hub, http_client(hub, settings) as http:
        again = Studio(hub, http, studio.fleet, folder)
        assert (await http.get("/api/queue")).json()["paused"]
        assert await waiting_ids(again) == before
        assert (await http.get(f"/api/batches/{second['batch_id']}")).json()["priority"] == "bulk"


async def test_what_is_moved_to_the_front_goes_first_and_to_the_back_last(studio: Studio) -> None:
    await steer(studio, PAUSE)
    urgent = await ask(studio, count=1, priority="interactive")
    normal, bulk = await ask(studio), await ask(studio, priority="bulk")
    last = ids(bulk)[2]
    await steer(studio, {"action": "move", "to": "front", "generation_ids": [last]})
    assert (await waiting_ids(studio))[0] == last
    await steer(studio, {"action": "move", "to": "back", "batch_id": urgent["batch_id"]})
    order = await waiting_ids(studio)
    assert (order[0], order[-1]) == (last, ids(urgent)[0])
    assert [each for each in order if each in ids(normal)] == ids(normal)
    assert await waiting_ids(studio, "?limit=2&offset=1") == order[1:3]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": "stop"}, 422, "invalid_parameters"),
        ({}, 422, "invalid_parameters"),
        ({"action": "pause", "until": 5}, 422, "invalid_parameters"),
        ({"action": "move", "to": "middle", "generation_ids": ["x"]}, 422, "invalid_parameters"),
        ({"action": "move", "to": "front"}, 422, "invalid_parameters"),
        ({"action": "move", "to": "front", "generation_ids": ["x"], "batch_id": "y"}, 422, "invalid_parameters"),
        ({"action": "move", "to": "front", "generation_ids": ["nobody"]}, 404, "unknown_generation"),
        ({"action": "move", "to": "front", "batch_id": "nothing"}, 404, "unknown_batch"),
    ],
)
async def test_a_mistake_is_told_and_moves_nothing(studio: Studio, body: Any, status: int, code: str) -> None:
    response = await studio.http.patch("/api/queue", json=body)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_an_action_that_is_missing_or_unknown_is_told_in_plain_words(studio: Studio) -> None:
    missing = (await studio.http.patch("/api/queue", json={"paused": True})).json()
    assert missing["detail"] == "body: the field 'action' is required and says what to do"
    unknown = (await studio.http.patch("/api/queue", json={"action": "stop"})).json()
    assert unknown["detail"] == "body: 'action' 'stop' is unknown: use 'pause', 'resume', 'move'"


async def test_a_page_beyond_all_numbers_is_refused(studio: Studio) -> None:
    assert (await studio.http.get(f"/api/queue?offset={10**20}")).status_code == 422


async def test_what_does_not_wait_any_more_cannot_be_moved(studio: Studio) -> None:
    batch = await ask(studio, count=1)
    await studio.finished_batch(batch["batch_id"])
    for named in ({"generation_ids": ids(batch)}, {"batch_id": batch["batch_id"]}):
        response = await studio.http.patch("/api/queue", json={"action": "move", "to": "front", **named})
        assert (response.status_code, response.json()["code"]) == (409, "not_waiting")


async def test_everybody_who_watches_learns_of_a_pause(studio: Studio) -> None:
    session = (await studio.http.post("/api/sessions", json={})).json()
    listener, _ = studio.hub.live.subscribe(session["id"], None)
    await steer(studio, PAUSE)
    event = await listener.next()
    assert isinstance(event, NumberedEvent)
    assert isinstance(event.event, QueueChanged)
    assert event.event.paused_since is not None
