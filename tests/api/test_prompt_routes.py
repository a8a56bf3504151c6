"""Earlier prompts are found again, and what is being typed is completed."""

import json
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.prompting.counting import looks_at
from vibes.domain.ids import NodeId
from vibes.domain.prompting.lora_card import LoraCard, TriggerWord
from vibes.services.prompting.loras import Lora, LoraService

ASKED = {"prompt": "on a roof", "model_family": "sd15"}


async def drawn(studio: Studio, **asked: Any) -> dict[str, Any]:
    response = await studio.http.post("/api/generate/batch", json={**ASKED, **asked})
    assert response.status_code == 202, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def history(studio: Studio, **query: Any) -> list[dict[str, Any]]:
    response = await studio.http.get("/api/prompts", params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["prompts"]
    return found


async def completions(studio: Studio, text: str, **query: str) -> tuple[str, dict[str, str]]:
    answer = (await studio.http.get("/api/complete", params={"text": text, **query})).json()
    return answer["fragment"], {each["insert"]: each["kind"] for each in answer["completions"]}


async def test_earlier_prompts_are_told_newest_first_each_once_as_written(studio: Studio) -> None:
    await studio.http.post("/api/styles", json={"name": "Noir", "text": "film noir"})
    first = await drawn(studio, prompt="a Föx", count=2)
    await drawn(studio, prompt="an owl, {red|blue}", styles=["noir"], wildcards=True, count=3)
    again = await drawn(studio, prompt="a Föx", count=2)
    await studio.finished_batch(first["batch_id"])
    await studio.finished_batch(again["batch_id"])

    found = await history(studio)
    assert [(each["prompt"], each["uses"]) for each in found] == [("a Föx", 2), ("an owl, {red|blue}", 1)]
    assert found[1]["styles"] == ["Noir"]
    shown = (await studio.http.get(f"/api/generations/{found[0]['generation_id']}")).json()
    assert shown["batch_id"] == again["batch_id"]
    assert found[0]["thumbnail_url"] == shown["thumbnail_url"]
    assert [each["prompt"] for each in await history(studio, search="FÖX a")] == ["a Föx"]
    assert await history(studio, search="a föx owl") == []
    assert len(await history(studio, limit=1)) == 1
    await studio.http.delete(f"/api/sessions/{first['session_id']}")
    await studio.http.delete(f"/api/sessions/{again['session_id']}")
    assert [each["prompt"] for each in await history(studio)] == ["an owl, {red|blue}"]


async def test_what_is_typed_is_completed_from_all_that_the_hub_knows(studio: Studio) -> None:
    await studio.http.put("/api/wildcards/animals/wild", json={"entries": ["fox", "owl"]})
    await studio.http.post("/api/styles", json={"name": "Watery", "text": "wet"})
    await drawn(studio, prompt="(a fox, oil:0.8), watching paint dry")
    fragment, found = await completions(studio, "a fox, wat")
    assert fragment == "wat"
    assert found["watercolor"] == "tag"
    assert found["Watery"] == "style"
    assert found["watching paint dry"] == "history"
    assert "(a fox" not in (await completions(studio, "a fo"))[1], "half of what stands in parentheses"
    assert await completions(studio, "a __an") == ("__an", {"__animals/wild__": "wildcard"})
    assert await completions(studio, "a __wi") == ("__wi", {"__animals/wild__": "wildcard"})
    fragment, found = await completions(studio, "lora:sd15-")
    assert fragment == "lora:sd15-"
    assert set(found.values()) == {"lora"}
    assert (await completions(studio, "lora:sd15-", family="flux"))[1] == {}
    assert (await completions(studio, "a very golden ho"))[0] == "golden ho"
    for nothing in ("", "a", "a fox, ", "__animals/wild__", "x" * 300):
        assert await completions(studio, nothing) == ("", {})


async def test_of_a_hundred_thousand_names_a_key_looks_at_few(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """By halving, not one after the other; what all begin alike is bounded, too."""
    names = [f"{'style' if number % 2 else 'people'}/lora {number:06}.safetensors" for number in range(100_000)]
    nodes = frozenset({NodeId("fast")})
    known = [Lora(name=name, nodes=nodes, family=None, card=None) for name in names]
    monkeypatch.setattr(LoraService, "known", lambda _: known)
    for text in ("a fox, some nonsense", "lora:people/lora", "people/lora 0420", "lora"):
        assert 0 < await looks_at(studio.hub.completion, text) <= 2_000
    fragment, found = await completions(studio, "a cat, lora 04207")
    assert (fragment, len(found), set(found.values())) == ("lora 04207", 10, {"lora"})


async def test_words_that_call_up_a_lora_are_completed_for_its_family(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = LoraCard(trigger_words=(TriggerWord("inkwash (style)", 12),))
    known = [Lora(name="mine.safetensors", nodes=frozenset(), family="sdxl", card=card)]
    monkeypatch.setattr(LoraService, "known", lambda _: known)
    assert await completions(studio, "a fox, inkw") == ("inkw", {"inkwash \\(style\\)": "trigger"})
    assert (await completions(studio, "inkwash", family="sdxl"))[1] == {"inkwash \\(style\\)": "trigger"}
    assert (await completions(studio, "inkwash", family="flux"))[1] == {}


async def test_a_body_of_history_stays_json_that_browsers_read(studio: Studio) -> None:
    await drawn(studio, prompt='"\\ \u2028 😀', seed=2**64 - 1)
    [found] = await history(studio)
    assert json.loads(json.dumps(found))["prompt"] == '"\\ \u2028 😀'
