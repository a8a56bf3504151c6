"""Saying what should change, over HTTP: plans, switched operations, and what a session remembers."""

from typing import Any

from tests.api.conftest import Studio

PROMPT = "a man with a hat in a boat on a lake, foggy morning, soft light, oil painting, blue sky"


async def a_session(studio: Studio) -> str:
    return str((await studio.http.post("/api/sessions", json={})).json()["id"])


async def refined(studio: Studio, session_id: str, feedback: str, **more: Any) -> dict[str, Any]:
    body = {"session_id": session_id, "feedback_text": feedback, "current_prompt": PROMPT, "model_family": "sdxl"}
    answer = await studio.http.post("/api/iterate/refine-prompt", json={**body, **more})
    assert answer.status_code == 200, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


async def test_without_an_llm_rules_make_the_plan_and_say_so(studio: Studio) -> None:
    plan = await refined(studio, await a_session(studio), "no hat, more fog, and a bridge instead of the boat")
    assert plan["suggested_prompt"] == (
        "a man on a bridge on a lake, (foggy morning:1.15), soft light, oil painting, blue sky"
    )
    assert plan["suggested_negative"] == "hat"
    assert (plan["task_type"], plan["count"], plan["model_family"]) == ("standard", 8, "sdxl")
    assert plan["changes"]["modify"] == [{"from": "boat", "to": "bridge"}]
    assert plan["degraded"].startswith("by rules: ")
    assert "“hat”" in plan["rationale"]
    assert (plan["conflicts"], plan["question"], plan["vision_context"]) == ([], "", None)


async def test_nothing_is_drawn_by_a_plan_and_the_last_stage_is_followed_by_itself(studio: Studio) -> None:
    session_id = await a_session(studio)
    await studio.http.patch(f"/api/sessions/{session_id}", json={"current_stage": 3})
    plan = await refined(studio, session_id, "warmer", model_family=None)
    assert (plan["count"], plan["model_family"], plan["task_type"]) == (1, "sdxl", "quality")
    assert (await studio.http.get(f"/api/sessions/{session_id}")).json()["generations"] == []


async def test_an_operation_is_switched_off_and_the_wish_becomes_what_is_left(studio: Studio) -> None:
    session_id = await a_session(studio)
    plan = await refined(studio, session_id, "no hat, more fog")
    left = {**plan["changes"], "remove": []}
    body = {
        "session_id": session_id,
        "iteration_id": plan["iteration_id"],
        "current_prompt": PROMPT,
        "model_family": "sdxl",
        "changes": left,
    }
    again = (await studio.http.post("/api/iterate/apply-changes", json=body)).json()
    assert again["suggested_prompt"] == PROMPT.replace("foggy morning", "(foggy morning:1.15)")
    assert again["iteration_id"] == plan["iteration_id"]
    intent = (await studio.http.get(f"/api/sessions/{session_id}/intent")).json()
    assert (intent["removed"], len(intent["wishes"]), intent["version"]) == ([], 1, 2)
    kept = (await studio.http.get(f"/api/iterate/{plan['iteration_id']}")).json()
    assert kept["plan"]["suggested_prompt"] == plan["suggested_prompt"], "what was suggested stays as it was"
    assert kept["chosen"] == [
        {"changes": left, "suggested_prompt": again["suggested_prompt"], "suggested_negative": ""}
    ]
    for _ in range(2):
        await studio.http.post("/api/iterate/apply-changes", json={**body, "changes": {**left, "emphasis_up": []}})
        await studio.http.post("/api/iterate/apply-changes", json=body)
    (listed,) = (await studio.http.get(f"/api/sessions/{session_id}/refinements")).json()["refinements"]
    assert [each["suggested_prompt"] for each in listed["chosen"]] == [PROMPT, again["suggested_prompt"]]


async def test_the_latest_wish_wins_and_the_earlier_one_is_named(studio: Studio) -> None:
    session_id = await a_session(studio)
    await refined(studio, session_id, "no hat")
    plan = await refined(studio, session_id, "add a hat", current_prompt="a man on a lake", current_negative="hat")
    assert (plan["suggested_prompt"], plan["suggested_negative"]) == ("a man on a lake, hat", "")
    assert [each["earlier_feedback"] for each in plan["conflicts"]] == ["no hat"]
    intent = (await studio.http.get(f"/api/sessions/{session_id}/intent")).json()
    assert (intent["removed"], intent["asked_for"]) == ([], ["hat"])
    assert [each["feedback"] for each in intent["wishes"]] == ["no hat", "add a hat"]


async def test_a_wish_is_taken_back_and_two_windows_do_not_write_over_each_other(studio: Studio) -> None:
    session_id = await a_session(studio)
    await refined(studio, session_id, "no hat")
    path = f"/api/sessions/{session_id}/intent"
    told = await studio.http.get(path)
    assert told.headers["etag"] == '"1"'
    mine = await studio.http.put(path, json={"wishes": []}, headers={"If-Match": told.headers["etag"]})
    assert (mine.status_code, mine.headers["etag"], mine.json()["wishes"]) == (200, '"2"', [])
    theirs = await studio.http.put(path, json={"wishes": told.json()["wishes"]}, headers={"If-Match": '"1"'})
    assert (theirs.status_code, theirs.json()["code"]) == (412, "intent_changed")
    assert theirs.json()["current"]["version"] == 2
    back = await studio.http.put(path, json={"wishes": told.json()["wishes"]}, headers={"If-Match": '"2"'})
    assert (back.status_code, back.json()["removed"]) == (200, ["hat"])
    odd = await studio.http.put(path, json={"wishes": []}, headers={"If-Match": "yesterday"})
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid_parameters")


async def test_who_still_types_is_answered_and_nothing_is_remembered(studio: Studio) -> None:
    session_id = await a_session(studio)
    plan = await refined(studio, session_id, "no ha", remember=False)
    assert plan["intent_version"] == 0
    assert (await studio.http.get(f"/api/sessions/{session_id}/intent")).json()["wishes"] == []


async def test_a_refinement_is_kept_with_its_session_and_goes_with_it(studio: Studio) -> None:
    session_id = await a_session(studio)
    first = await refined(studio, session_id, "no hat")
    second = await refined(studio, session_id, "???")
    assert second["question"]
    assert second["suggested_prompt"] == PROMPT
    listed = (await studio.http.get(f"/api/sessions/{session_id}/refinements")).json()["refinements"]
    assert [each["id"] for each in listed] == [second["iteration_id"], first["iteration_id"]]
    kept = (await studio.http.get(f"/api/iterate/{first['iteration_id']}")).json()
    assert (kept["plan"], kept["current_prompt"], kept["answers"]) == (first, PROMPT, [])
    await studio.http.delete(f"/api/sessions/{session_id}?for_good=true")
    gone = await studio.http.get(f"/api/iterate/{first['iteration_id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_refinement")


async def test_what_makes_no_sense_is_refused_with_its_field(studio: Studio) -> None:
    session_id = await a_session(studio)
    body = {"session_id": session_id, "feedback_text": "no hat", "current_prompt": PROMPT}
    for wrong, field in (
        ({"feedback_text": "x" * 4001}, "feedback_text"),
        ({"selected_image_ids": ["x"] * 1001}, "selected_image_ids"),
        ({"session_id": " "}, "session_id"),
        ({"colour": 1}, "colour"),
    ):
        answer = await studio.http.post("/api/iterate/refine-prompt", json={**body, **wrong})
        assert answer.status_code == 422
        assert [each["field"] for each in answer.json()["errors"]] == [field]
    unknown = await studio.http.post("/api/iterate/refine-prompt", json={**body, "session_id": "nobody"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_session")
