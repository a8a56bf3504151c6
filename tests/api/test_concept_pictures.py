"""A picture becomes cards through the whole hub: by what its file tells or a model sees in it, or it is refused."""

import json
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.fakes.llm import Brain, FakeLlm, Turn
from tests.pictures import ramp, saved
from tests.waiting import eventually
from vibes.documents.png_texts import with_text

SEEN = {"description": "A fox.", "traits": ["a red fox", "in the fog", "watercolour"], "defects": []}


async def configured(studio: Studio, server: FakeLlm, kind: str) -> None:
    url = f"{server.url}/v1" if kind == "openai" else server.url
    text = f"servers:\n  a:\n    kind: {kind}\n    url: {url}\nstages:\n  vision: {{server: a, model: minicpm-v}}\n"
    (studio.folder / "llm.yaml").write_text(text, encoding="utf-8")
    await eventually(lambda: any(each.config for each in studio.hub.chat.standings()), what="llm.yaml is applied")


async def uploaded(studio: Studio, content: bytes) -> dict[str, Any]:
    answer = await studio.http.post("/api/artifacts", files={"file": ("x", content)})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def split(studio: Studio, artifact: dict[str, Any]) -> Any:
    return await studio.http.post("/api/concept/split", json={"picture": f"artifact:{artifact['artifact_id']}"})


@pytest.mark.parametrize("kind", ["ollama", "openai"])
async def test_a_model_that_sees_fills_the_cards(studio: Studio, kind: str) -> None:
    async with FakeLlm(Brain()) as server:
        server.brain.plays(Turn(text=json.dumps(SEEN)))
        await configured(studio, server, kind)
        found = (await split(studio, await uploaded(studio, saved(ramp("RGBA"))))).json()
        (asked,) = server.brain.chats()
    assert {card["field"]: card["text"] for card in found["cards"] if card["text"]} == {
        "subject": "a red fox",
        "setting": "in the fog",
        "style": "watercolour",
    }
    assert found["described"] == "a red fox, in the fog, watercolour"
    assert "/9j/" in json.dumps(asked.body), "a JPEG in base64"


REFUSALS = {
    "in words": Turn(text="I'm sorry, but I cannot describe this picture."),
    "in the form that was asked for": Turn(text=json.dumps({**SEEN, "description": "I can't help.", "traits": []})),
    "by saying nothing": Turn(text=json.dumps({"description": " ", "traits": [], "defects": []})),
    "in the field for it": Turn(text="", refusal="I will not look at people."),
    "by an error": Turn(status=500, error="the runner has crashed"),
}


@pytest.mark.parametrize("turn", REFUSALS.values(), ids=list(REFUSALS))
async def test_a_model_that_refuses_is_told_with_what_to_do_instead_and_its_words_are_no_subject(
    studio: Studio, turn: Turn
) -> None:
    async with FakeLlm(Brain(usual=turn)) as server:
        await configured(studio, server, "openai")
        refused = await split(studio, await uploaded(studio, saved(ramp("RGB"))))
    assert (refused.status_code, refused.json()["code"]) == (422, "no_vision"), refused.text
    assert refused.json()["detail"].startswith("the picture cannot be described (")
    assert refused.json()["detail"].endswith("): say in words what you want to see")


async def test_an_upload_tells_the_prompt_that_is_written_in_it(studio: Studio) -> None:
    silent = await uploaded(studio, saved(ramp("RGB")))
    told = await uploaded(studio, with_text(saved(ramp("RGB")), "parameters", "a cat\nNegative prompt: text\nSteps: 9"))
    assert silent["written"] is None
    assert told["written"] == {"prompt": "a cat", "negative_prompt": "text"}
    assert told["artifact_id"] == silent["artifact_id"], "what is kept is the picture alone"
