"""Cards by a model, and by the lists wherever what it says is of no use."""

import json

import pytest

from tests.refinement.scripted import ScriptedStages, answer, out_of_order, stages
from vibes.domain.chat.config import Stage
from vibes.domain.concept.fields import Card, Field
from vibes.domain.concept.requests import SplitRequest
from vibes.domain.errors import InvalidRequest
from vibes.ports.chat import ChatFault
from vibes.services.concept.service import ConceptService

PROMPT = "a quokka at a kiosk, no crowd"
EMPTY = {field.value: "" for field in Field}
FOUND = json.dumps({**EMPTY, "subject": "a quokka", "setting": ["at a kiosk"], "keep_out": "crowd"})


async def one_picture(reference: str) -> bytes:
    assert reference == "artifact:1"
    return PNG


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f00010401005fe5c34b"
    "0000000049454e44ae426082"
)


def service(models: ScriptedStages) -> ConceptService:
    return ConceptService(models, one_picture)


def request(prompt: str = PROMPT, **more: object) -> SplitRequest:
    return SplitRequest(prompt=prompt, negative_prompt="", family="sdxl", **more)  # type: ignore[arg-type] # of a test


def texts(cards: tuple[Card, ...]) -> dict[str, str]:
    return {card.field.value: card.text for card in cards if card.text}


async def test_a_model_takes_a_sentence_apart() -> None:
    found = await service(stages(engineer=FOUND)).split(request())
    assert texts(found.cards) == {"subject": "a quokka", "setting": "at a kiosk", "keep_out": "crowd"}
    assert found.degraded is None


@pytest.mark.parametrize(
    "bad",
    [
        json.dumps({**EMPTY, "subject": "a quokka"}),
        json.dumps({**EMPTY, "subject": "a quokka at a kiosk with a hat", "keep_out": "crowd"}),
        "I cannot do that.",
        '{"subject": 3}',
    ],
)
async def test_a_model_that_loses_or_invents_words_is_asked_once_more_and_then_the_lists_do_it(bad: str) -> None:
    repaired = await service(stages(engineer=[bad, FOUND])).split(request())
    assert (texts(repaired.cards)["setting"], repaired.degraded) == ("at a kiosk", None)
    found = await service(stages(engineer=bad)).split(request())
    assert texts(found.cards) == {"subject": "a quokka at a kiosk", "keep_out": "crowd"}
    assert str(found.degraded).startswith("by word lists: ")


@pytest.mark.parametrize("code", list(ChatFault))
async def test_whatever_is_wrong_with_the_server_there_are_cards_and_suggestions(code: ChatFault) -> None:
    models = service(stages(engineer=out_of_order(code)))
    assert texts((await models.split(request())).cards)["keep_out"] == "crowd"
    six = await models.suggest((), [Field.MOOD], 6, 1)
    assert len(six.texts[Field.MOOD]) == 6
    assert str(code) in str(six.degraded)


async def test_weights_and_names_are_kept_from_the_model_and_so_is_whoever_types() -> None:
    models = stages(engineer=FOUND)
    weighted = await service(models).split(request("a quokka, (fog:1.2), <lora:ink:1>"))
    typed = await service(models).split(request(by_lists=True))
    assert texts(weighted.cards) == {"subject": "a quokka, <lora:ink:1>", "setting": "fog"}
    assert typed.degraded == "by word lists"
    assert models.models[Stage.ENGINEER].asked == []


async def test_a_model_suggests_and_the_lists_fill_up_what_it_says_twice() -> None:
    said = json.dumps({"suggestions": ["moss green", "Moss green.", "red and gold", "a (very:2) odd one", "tin"]})
    there = (Card(field=Field.PALETTE, text="red and gold"),)
    six = await service(stages(engineer=said)).suggest(there, [Field.PALETTE], 6, 7)
    assert list(six.texts[Field.PALETTE])[:2] == ["moss green", "tin"]
    assert len(set(six.texts[Field.PALETTE])) == 6
    assert six.degraded is None


async def test_a_picture_becomes_cards_by_what_a_model_sees_in_it() -> None:
    seen = json.dumps({"description": "A fox.", "traits": ["a red fox", "in the fog", "watercolour"], "defects": []})
    found = await service(stages(vision=seen)).split(request("", picture="artifact:1"))
    assert texts(found.cards) == {"subject": "a red fox", "setting": "in the fog", "style": "watercolour"}
    assert found.described == "a red fox, in the fog, watercolour"


async def test_without_a_model_that_sees_a_picture_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(InvalidRequest, match="say in words what you want to see") as refused:
        await service(stages()).split(request("", picture="artifact:1"))
    assert refused.value.code == "no_vision"
    assert answer("").text == ""


async def test_a_picture_that_cannot_be_decoded_is_refused_in_words() -> None:
    """A video, too."""

    async def a_video(_: str) -> bytes:
        return b"\0\0\0\x18ftypmp42"

    concept = ConceptService(stages(vision="{}"), a_video)
    with pytest.raises(InvalidRequest, match=r"cannot be looked at .*choose another one"):
        await concept.split(request("", picture="generation:1"))
