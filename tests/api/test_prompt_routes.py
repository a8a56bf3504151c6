"""Earlier prompts are found again, and what is being typed is completed."""

import json
from typing import Any

from tests.api.conftest import Studio
from tests.prompting.counting import looks_at

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
    await drawn(studio, prompt="a fox, watching paint dry")
    fragment, found = await completions(studio, "a fox, wat")
    assert fragment == "wat"
    assert found["watercolor"] == "tag"
    assert found["Watery"] == "style"
    assert found["watching paint dry"] == "history"
    assert await completions(studio, "a __an") == ("__an", {"__animals/wild__": "wildcard"})
    assert await completions(studio, "a __wi") == ("__wi", {"__animals/wild__": "wildcard"})
    fragment, found = await completions(studio, "lora:sd15-")
    assert fragment == "lora:sd15-"
    assert set(found.values()) == {"lora"}
    assert (await completions(studio, "lora:sd15-", family="flux"))[1] == {}
    assert (await completions(studio, "a very golden ho"))[0] == "golden ho"
    for nothing in ("", "a", "a fox, ", "__animals/wild__", "x" * 300):
        assert await completions(studio, nothing) == ("", {})


async def test_ten_thousand_entries_are_looked_through_once_for_each_key(studio: Studio) -> None:
    """At most as often as there are ways to read the end of the text; a search of a list costs a few milliseconds."""
    for number in range(5):
        entries = [f"word{number}{index}" for index in range(2_000)]
        await studio.http.put(f"/api/wildcards/list{number}", json={"entries": entries})
        await drawn(studio, prompt=", ".join(f"phrase {number} {index}" for index in range(400)))
    assert len((await completions(studio, "a phrase 4 39"))[1]) > 5
    looked_at = await looks_at(studio.hub.completion, "some nonsense")
    assert 2_000 < looked_at <= 3 * 10_000


async def test_a_body_of_history_stays_json_that_browsers_read(studio: Studio) -> None:
    await drawn(studio, prompt='"\\ \u2028 😀', seed=2**64 - 1)
    [found] = await history(studio)
    assert json.loads(json.dumps(found))["prompt"] == '"\\ \u2028 😀'
