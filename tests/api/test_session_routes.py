"""Sessions and the funnel's stages over HTTP."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.conftest import Studio
from vibes.domain.errors import NotFound
from vibes.domain.events import ConfigChanged
from vibes.domain.generation import Generation
from vibes.domain.ids import SessionId
from vibes.domain.session import FlowType
from vibes.services.events.live_events import NumberedEvent

BATCH = {"prompt": "a lighthouse", "model_family": "sd15", "count": 3}


async def drafts(studio: Studio) -> tuple[str, list[str]]:
    session_id = (await studio.http.post("/api/sessions", json={})).json()["id"]
    batch = (await studio.http.post("/api/generate/batch", json={**BATCH, "session_id": session_id})).json()
    await studio.finished_batch(batch["batch_id"])
    return session_id, [each["id"] for each in batch["generations"]]


async def test_a_session_keeps_its_config_and_is_listed_with_its_counts(studio: Studio) -> None:
    session_id, _ = await drafts(studio)
    changed = await studio.http.patch(f"/api/sessions/{session_id}", json={"config": {"prompt": "a dog", "sizes": [1]}})
    assert changed.json()["config"] == {"prompt": "a dog", "sizes": [1]}
    listed = (await studio.http.get("/api/sessions")).json()["sessions"]
    assert [(each["id"], each["generation_count"], each["completed_count"]) for each in listed] == [(session_id, 3, 3)]
    detail = (await studio.http.get(f"/api/sessions/{session_id}")).json()
    assert len(detail["generations"]) == 3
    assert detail["created_at"].endswith("Z")


async def test_two_windows_change_a_config_in_part_and_keep_both_changes(studio: Studio) -> None:
    session_id = (await studio.http.post("/api/sessions", json={"config": {"preset": "classic"}})).json()["id"]
    path = f"/api/sessions/{session_id}"
    mine = await studio.http.patch(path, json={"changes": {"prompt": "a cat", "marks": {"1": "selected"}}})
    theirs = await studio.http.patch(path, json={"changes": {"negative_prompt": "rain", "marks": {"2": "rejected"}}})
    assert mine.json()["version"] == 2
    kept = {"version": 3, "config": theirs.json()["config"]}
    assert kept["config"] == {
        "preset": "classic",
        "prompt": "a cat",
        "negative_prompt": "rain",
        "marks": {"1": "selected", "2": "rejected"},
    }
    assert (await studio.http.get(f"{path}/config")).json() == kept
    taken_away = await studio.http.patch(path, json={"changes": {"marks": {"1": None}}})
    assert taken_away.json()["config"]["marks"] == {"2": "rejected"}


async def test_a_change_of_what_was_changed_meanwhile_is_refused_with_what_is_there_now(studio: Studio) -> None:
    path = f"/api/sessions/{(await studio.http.post('/api/sessions', json={})).json()['id']}"
    await studio.http.patch(path, json={"changes": {"prompt": "mine"}, "version": 1})
    for late in ({"changes": {"prompt": "theirs"}}, {"config": {"prompt": "theirs"}}):
        refused = await studio.http.patch(path, json={**late, "version": 1})
        assert (refused.status_code, refused.json()["code"]) == (409, "config_changed")
        assert refused.json()["current"] == {"version": 2, "config": {"prompt": "mine"}}
    again = await studio.http.patch(path, json={"changes": {"prompt": "both"}, "version": 2})
    assert (again.status_code, again.json()["version"]) == (200, 3)


async def test_a_change_that_makes_a_config_too_large_or_says_both_is_refused(studio: Studio) -> None:
    path = f"/api/sessions/{(await studio.http.post('/api/sessions', json={})).json()['id']}"
    half = "x" * 300_000
    assert (await studio.http.patch(path, json={"changes": {"one": half}})).status_code == 200
    too_much = await studio.http.patch(path, json={"changes": {"other": half}})
    assert (too_much.status_code, "larger than" in too_much.json()["detail"]) == (422, True)
    assert (await studio.http.get(f"{path}/config")).json()["version"] == 2
    assert (await studio.http.patch(path, json={"changes": {}, "config": {}})).status_code == 422


async def test_everybody_who_watches_a_session_hears_that_its_config_changed(studio: Studio) -> None:
    session = await studio.hub.sessions.create(FlowType.DRAFT_GRID, {})
    listener, _ = studio.hub.live.subscribe(session.id, None)
    path = f"/api/sessions/{session.id}"
    await studio.http.patch(path, json={"changes": {"prompt": "a cat"}})
    await studio.http.patch(path, json={"changes": {"prompt": "a cat"}})  # says nothing new
    await studio.http.patch(path, json={"config": {"prompt": "a dog"}})
    heard = [await listener.next() for _ in range(2)]
    events = [each.event for each in heard if isinstance(each, NumberedEvent)]
    versions = [each.version for each in events if isinstance(each, ConfigChanged)]
    assert versions == [2, 3]


async def test_advance_moves_on_and_what_was_not_picked_can_be_had_back(studio: Studio) -> None:
    session_id, (picked, dropped, starred) = await drafts(studio)
    await studio.http.post(f"/api/generations/{starred}/star")
    advanced = await studio.http.post(
        f"/api/sessions/{session_id}/advance", json={"selected": [picked], "rejected": [dropped]}
    )
    assert advanced.json()["current_stage"] == 1
    marked = {
        each.id
        for each in await studio.hub.sessions.generations(advanced.json()["id"])
        if each.discard_after is not None
    }
    assert dropped in marked
    assert picked not in marked

    back = await studio.http.patch(f"/api/sessions/{session_id}", json={"current_stage": 0})
    assert back.json()["current_stage"] == 0
    assert not [
        each for each in await studio.hub.sessions.generations(back.json()["id"]) if each.discard_after is not None
    ]


async def test_new_work_belongs_to_the_current_stage(studio: Studio) -> None:
    session_id, (picked, *_) = await drafts(studio)
    await studio.http.post(f"/api/sessions/{session_id}/advance", json={"selected": [picked]})
    batch = (await studio.http.post("/api/generate/batch", json={**BATCH, "session_id": session_id})).json()
    assert {each["stage"] for each in batch["generations"]} == {1}
    await studio.finished_batch(batch["batch_id"])


async def test_a_selection_that_makes_no_sense_is_explained(studio: Studio) -> None:
    session_id, (one, *_) = await drafts(studio)
    cases = [
        ({"selected": []}, "select at least one picture"),
        ({"selected": ["nobody"]}, "nobody is not a generation of this stage"),
        ({"selected": [one], "rejected": [one]}, "is also selected"),
    ]
    for body, sentence in cases:
        response = await studio.http.post(f"/api/sessions/{session_id}/advance", json=body)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_selection")
        assert sentence in response.json()["detail"]
    assert (await studio.http.patch(f"/api/sessions/{session_id}", json={"current_stage": 9})).status_code == 422
    assert (await studio.http.post("/api/sessions", json={"flow_type": "waterfall"})).status_code == 422


async def test_the_last_stage_has_no_next(studio: Studio) -> None:
    session_id, (picked, *_) = await drafts(studio)
    await studio.http.patch(f"/api/sessions/{session_id}", json={"current_stage": 3})
    response = await studio.http.post(f"/api/sessions/{session_id}/advance", json={"selected": [picked]})
    assert (response.status_code, response.json()["code"]) == (409, "last_stage")


async def test_deleting_a_session_stops_its_work_and_removes_its_pictures(studio: Studio) -> None:
    session_id, _ = await drafts(studio)
    for node in studio.fleet.nodes.values():
        node.instant = False
    await studio.http.post("/api/generate/batch", json={**BATCH, "session_id": session_id, "count": 5})
    assert (await studio.http.delete(f"/api/sessions/{session_id}?for_good=true")).status_code == 204
    assert (await studio.http.get(f"/api/sessions/{session_id}")).status_code == 404
    assert not (studio.folder / "data" / "images" / session_id).exists()
    assert studio.hub.board.waiting == 0


async def test_a_deleted_session_is_gone_everywhere_and_comes_back_whole(studio: Studio) -> None:
    session_id, made = await drafts(studio)
    path = f"/api/sessions/{session_id}"
    assert (await studio.http.delete(path)).status_code == 204
    for gone in (studio.http.get(path), studio.http.patch(path, json={"changes": {}}), studio.http.delete(path)):
        assert (await gone).status_code == 404
    asked = await studio.http.post("/api/generate/batch", json={**BATCH, "session_id": session_id})
    assert asked.status_code == 404
    assert (await studio.http.get("/api/generations")).json()["total"] == 0
    assert (await studio.http.get("/api/sessions")).json()["sessions"] == []
    [kept] = (await studio.http.get("/api/sessions?deleted=true")).json()["sessions"]
    assert (kept["id"], kept["completed_count"]) == (session_id, 3)

    assert (await studio.http.post(f"{path}/restore")).json()["id"] == session_id
    detail = (await studio.http.get(path)).json()
    assert [each["id"] for each in detail["generations"]] == made
    assert (await studio.http.get(detail["generations"][0]["image_url"])).status_code == 200
    assert (await studio.http.post(f"{path}/restore")).status_code == 404


async def test_nothing_is_drawn_for_a_session_that_is_deleted_while_its_pictures_are_being_asked_for(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds take seconds to check; nobody would have seen them, and they may cost money."""
    session_id, made = await drafts(studio)
    pictures = studio.hub.storage.generations
    add_batch, of_session = pictures.add_batch, pictures.of_session
    body = {**BATCH, "session_id": session_id}

    async def deleted_first(*given: Any) -> None:
        assert (await studio.http.delete(f"/api/sessions/{session_id}")).status_code == 204
        await add_batch(*given)

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "add_batch", deleted_first)
        refused = await studio.http.post("/api/generate/batch", json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_session")
    again = await studio.http.post(f"/api/generations/{made[0]}/retry")
    assert again.status_code == 404
    await studio.http.post(f"/api/sessions/{session_id}/restore")

    async def submitted_after(asked: SessionId) -> Sequence[Generation]:
        patch.undo()
        found = await of_session(asked)
        await studio.http.post("/api/queue/pause")
        assert (await studio.http.post("/api/generate/batch", json=body)).status_code == 202
        return found

    patch = pytest.MonkeyPatch()
    patch.setattr(pictures, "of_session", submitted_after)
    assert (await studio.http.delete(f"/api/sessions/{session_id}")).status_code == 204
    assert (await studio.http.get("/api/queue")).json()["queued"] == 0


async def test_a_session_that_two_windows_delete_at_once_can_still_be_brought_back(studio: Studio) -> None:
    """Both found it there before either had deleted it."""
    session_id, made = await drafts(studio)
    await studio.hub.sessions.set_aside(SessionId(session_id))
    await studio.hub.sessions.set_aside(SessionId(session_id))
    with pytest.raises(NotFound):
        await studio.hub.sessions.set_config(SessionId(session_id), {"prompt": "from the other window"})
    assert (await studio.http.post(f"/api/sessions/{session_id}/restore")).json()["config"] == {}
    assert len((await studio.http.get(f"/api/sessions/{session_id}")).json()["generations"]) == len(made)


async def test_a_deleted_session_goes_for_good_when_nobody_wants_it_back(studio: Studio) -> None:
    session_id, _ = await drafts(studio)
    await studio.http.delete(f"/api/sessions/{session_id}")
    images = studio.folder / "data" / "images" / session_id
    await studio.hub.sessions.delete_due()
    assert images.exists()
    later, long_ago = studio.hub.storage.sessions, datetime(2020, 1, 1, tzinfo=UTC)
    assert await later.restore(SessionId(session_id), at=long_ago)
    assert await later.set_aside(SessionId(session_id), long_ago)
    due = await studio.http.post(f"/api/sessions/{session_id}/restore")
    assert due.status_code == 404, "half of its pictures may be deleted by now"
    await studio.hub.sessions.delete_due()
    assert not images.exists()
    assert (await studio.http.post(f"/api/sessions/{session_id}/restore")).status_code == 404
