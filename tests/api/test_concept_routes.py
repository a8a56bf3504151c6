"""Cards over HTTP: taken apart, put together, suggested for."""

from tests.api.conftest import Studio

PROMPT = "oil painting of a lighthouse in the fog, no people"


async def test_a_prompt_becomes_cards_and_the_cards_a_prompt_of_another_family(studio: Studio) -> None:
    body = {"prompt": PROMPT, "negative_prompt": "text", "model_family": "sd15"}
    split = (await studio.http.post("/api/concept/split", json=body)).json()
    by_field = {card["field"]: card["text"] for card in split["cards"] if card["text"]}
    assert by_field == {
        "subject": "a lighthouse",
        "setting": "in the fog",
        "style": "oil painting",
        "keep_out": "people, text",
    }
    assert len(split["cards"]) == 8
    assert split["degraded"] == "by word lists: no LLM is configured"
    there = {"cards": split["cards"], "model_family": "z-image"}
    assembled = (await studio.http.post("/api/concept/assemble", json=there)).json()
    assert assembled["prompt"] == "A lighthouse, in the fog. Oil painting."
    assert assembled["negative_prompt"] == "people, text"
    assert len(assembled["notes"]) == 1


async def test_six_are_suggested_and_their_seed_brings_them_back(studio: Studio) -> None:
    cards = [{"field": "style", "text": "watercolour"}]
    ask = {"cards": cards, "fields": ["lighting", "camera"]}
    first = (await studio.http.post("/api/concept/suggest", json=ask)).json()
    again = (await studio.http.post("/api/concept/suggest", json={**ask, "seed": first["seed"]})).json()
    assert first == again
    assert {field: len(texts) for field, texts in first["suggestions"].items()} == {"lighting": 6, "camera": 6}


async def test_a_picture_that_nobody_can_look_at_is_refused_in_words(studio: Studio) -> None:
    refusals = {"artifact:no": 404, "generation:no": 404, "data:image/png;base64,AA": 422}
    for picture, status in refusals.items():
        refused = await studio.http.post("/api/concept/split", json={"picture": picture})
        assert refused.status_code == status, refused.text
    card = {"field": "mood", "text": "calm", "weight": 2}
    assert (await studio.http.post("/api/concept/assemble", json={"cards": [card]})).status_code == 422
    assert (await studio.http.post("/api/concept/suggest", json={"fields": []})).status_code == 422
