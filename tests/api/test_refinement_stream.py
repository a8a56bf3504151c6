"""A refinement with models, over HTTP: heard while it comes about, kept word for word, never held up."""

import asyncio
import json
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.api.test_refinement_routes import PROMPT, a_session
from tests.refinement.scripted import ScriptedStages, answer, operations, out_of_order, stages
from vibes.domain.chat.config import Stage
from vibes.ports.chat import ChatAnswer, ChatRequest
from vibes.services.refinement import suggesting
from vibes.services.refinement.suggesting import Suggestions

PROSE = "A man sits in a boat on a lake. Soft light falls on foggy water."
SEEN = json.dumps({"description": "A lonely boat.", "traits": ["teal water"], "defects": ["bent oar"]})
COMPARED = json.dumps({"selected_traits": ["fog"], "rejected_traits": ["sun"], "key_differences": ["darker"]})
WRITTEN = "A man sits in a boat on a lake. Soft light falls on foggy water. A lighthouse stands behind him."


def give(studio: Studio, models: ScriptedStages) -> None:
    studio.hub.refinements._suggestions = Suggestions(models, studio.hub.storage, studio.hub.images)


def body(session_id: str, feedback: str, **more: Any) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "feedback_text": feedback,
        "current_prompt": PROSE,
        "model_family": "flux",
        **more,
    }


async def streamed(studio: Studio, sent: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    headers = {"Accept": "text/event-stream"}
    answer = await studio.http.post("/api/iterate/refine-prompt", json=sent, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    frames = [each.split("\n") for each in answer.text.strip().split("\n\n") if not each.startswith(":")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in frames]


async def picked(studio: Studio, session_id: str) -> list[str]:
    batch = {"prompt": "a boat", "model_family": "sd15", "count": 3, "session_id": session_id}
    accepted = (await studio.http.post("/api/generate/batch", json=batch)).json()
    await studio.finished_batch(accepted["batch_id"])
    return [each["id"] for each in accepted["generations"]]


async def test_stages_and_rationale_are_heard_and_the_plan_comes_last(studio: Studio) -> None:
    rationale = "A lighthouse gives the picture a second subject."
    models = stages(
        interpreter=operations(add=["lighthouse behind him"]),
        engineer=json.dumps({"prompt": WRITTEN, "rationale": rationale}),
        vision=[SEEN, SEEN, COMPARED],
    )
    give(studio, models)
    session_id = await a_session(studio)
    first, second, third = await picked(studio, session_id)
    sent = body(session_id, "a lighthouse behind him", selected_image_ids=[first, second], rejected_image_ids=[third])
    events = await streamed(studio, sent)
    assert [data["stage"] for name, data in events if name == "stage"] == ["vision", "interpreter", "engineer"]
    told = [data for name, data in events if name == "rationale"]
    assert "".join(each["text"] for each in told[:-1]) == rationale
    assert told[-1] == {"text": rationale, "anew": True}
    name, plan = events[-1]
    assert (name, plan["suggested_prompt"], plan["rationale"], plan["degraded"]) == ("plan", WRITTEN, rationale, None)
    assert plan["vision_context"]["defects"] == ["bent oar"]
    assert plan["vision_context"]["key_differences"] == ["darker"]
    kept = (await studio.http.get(f"/api/iterate/{plan['iteration_id']}")).json()
    assert [each["stage"] for each in kept["answers"]] == ["vision", "vision", "vision", "interpreter", "engineer"]
    assert kept["answers"][-1]["text"] == json.dumps({"prompt": WRITTEN, "rationale": rationale})
    assert (kept["answers"][0]["digest"], kept["answers"][0]["prompt_version"]) == ("sha256:1", "vision-1")


async def test_models_that_fail_leave_the_plan_to_the_rules(studio: Studio) -> None:
    give(studio, stages(interpreter=out_of_order(), engineer=out_of_order(), vision=out_of_order()))
    session_id = await a_session(studio)
    chosen = await picked(studio, session_id)
    events = await streamed(studio, body(session_id, "no boat", selected_image_ids=[chosen[0], "gone"]))
    plan = events[-1][1]
    assert "boat" not in plan["suggested_prompt"]
    assert plan["degraded"] == "by rules: the server has a problem: no_server"
    assert plan["notes"][0].startswith("the pictures were not all looked at")


async def test_a_mistake_of_the_hub_is_told_and_ends_the_stream(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def mistaken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(studio.hub.refinements, "plan", mistaken)
    [(name, told)] = await streamed(studio, body(await a_session(studio), "no boat"))
    assert (name, told["code"]) == ("problem", "internal_error")
    assert "ZeroDivisionError" in caplog.text


async def test_nobody_waits_longer_than_for_the_limit_of_all_models(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        async def complete(self, request: ChatRequest) -> ChatAnswer:
            await asyncio.Event().wait()
            raise AssertionError(request)

    monkeypatch.setattr(suggesting, "SECONDS", 0.05)
    give(studio, ScriptedStages({Stage.INTERPRETER: Silent()}))  # type: ignore[dict-item]  # a model like any other
    events = await streamed(studio, body(await a_session(studio), "no boat"))
    assert events[-1][0] == "plan"
    assert "longer" in events[-1][1]["degraded"]


async def test_what_would_make_another_prompt_altogether_is_read_by_rules(studio: Studio) -> None:
    feedback = "bitte alles anders und mehr Nebel"
    terms = ["man", "hat", "boat", "lake", "foggy morning", "soft light", "oil painting", "blue sky"]
    give(studio, stages(interpreter=operations(remove=terms)))
    sent = body(await a_session(studio), feedback, current_prompt=PROMPT, model_family="sdxl")
    plan = (await studio.http.post("/api/iterate/refine-prompt", json=sent)).json()
    assert "most of the prompt" in " ".join(plan["notes"])
    assert "oil painting" in plan["suggested_prompt"]


async def test_an_unknown_session_is_refused_before_anything_is_streamed(studio: Studio) -> None:
    headers = {"Accept": "text/event-stream"}
    answer = await studio.http.post("/api/iterate/refine-prompt", json=body("nobody", "no hat"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_session")


async def test_half_an_emoji_of_a_model_is_neither_kept_nor_told(studio: Studio) -> None:
    """It could not be written, and each list of the session's refinements would have failed for ever."""
    seen = json.dumps({"description": "A \ud83d boat.", "traits": ["teal \ud83d"], "defects": []})
    rationale = "Whole \ud83d\ude00, half \ud83d, half \udc00\ud83d"
    models = stages(
        interpreter=[operations(add=["\ud800 hat"]), answer("\ud83d is no JSON")],
        engineer=json.dumps({"prompt": f"{WRITTEN} \ud83d", "rationale": rationale}),
        vision=[seen],
    )
    give(studio, models)
    session_id = await a_session(studio)
    pictures = await picked(studio, session_id)
    for number in range(2):
        sent = body(session_id, "a hat", selected_image_ids=pictures[:1])
        events = await streamed(studio, sent)
        assert events[-1][0] == "plan", number
        [*pieces, _] = [data["text"] for name, data in events if name == "rationale"]
        assert set("".join(pieces).split("Whole")) == {"", " 😀, half ?, half ??"}
    kept = await studio.http.get(f"/api/sessions/{session_id}/refinements")
    assert kept.status_code == 200, kept.text
    assert "\\ud83d is no JSON" not in kept.text
