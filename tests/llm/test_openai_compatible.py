"""The OpenAI-compatible dialect: what is sent, and how it gets on with servers that take only some of it."""

import json

import pytest

from tests.fakes.llm import Brain, FakeLlm, Turn
from tests.llm.asking import FITS, PNG, request, server_of
from vibes.domain.chat.config import Dialect
from vibes.ports.chat import ChatFault, ChatLimits, ChatUnavailable

OPENAI = Dialect.OPENAI


@pytest.mark.parametrize(
    ("forms", "form"),
    [
        ({"json_schema", "json_object"}, "JSON schema"),
        ({"json_object"}, "any JSON"),
        (set(), "words alone"),
    ],
)
async def test_the_strongest_form_that_a_server_knows_is_found_once(forms: set[str], form: str) -> None:
    async with server_of(OPENAI, Brain(forms=frozenset(forms))) as (server, brain):
        await server.complete("phi4:14b", request())
        tries = len(brain.chats())
        await server.complete("phi4:14b", request())

    assert server.form == form
    assert tries == 3 - len(forms)
    assert len(brain.chats()) == tries + 1


async def test_no_form_is_asked_for_where_any_text_will_do() -> None:
    async with server_of(OPENAI, Brain(forms=frozenset())) as (server, brain):
        answer = await server.complete("phi4:14b", request(schema=None))

    assert answer.text == "pong"
    assert len(brain.chats()) == 1


async def test_the_schema_is_of_the_strict_kind() -> None:
    async with server_of(OPENAI) as (server, brain):
        await server.complete("phi4:14b", request())

    schema = brain.chats()[0].body["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["keep", "modify", "question"]
    assert schema["properties"]["modify"]["items"]["additionalProperties"] is False
    assert "maxLength" not in json.dumps(schema)


@pytest.mark.parametrize("refused", ["stream_options", "temperature", "max_tokens"])
async def test_what_a_server_does_not_take_is_left_out_from_then_on(refused: str) -> None:
    async with server_of(OPENAI, Brain(refuses=frozenset({refused}))) as (server, brain):
        answer = await server.complete("phi4:14b", request(limits=ChatLimits(tokens=300)))
        await server.complete("phi4:14b", request())

    assert json.loads(answer.text) == json.loads(FITS)
    assert answer.tokens > 0
    assert [refused in each.body for each in brain.chats()] == [True, False, False]
    assert brain.chats()[1].body.get("max_completion_tokens") == (300 if refused == "max_tokens" else None)


async def test_pictures_are_sent_whole_with_all_that_is_said() -> None:
    async with server_of(OPENAI) as (server, brain):
        await server.complete("minicpm-v", request("which hat?", images=(PNG, b"\xff\xd8jpeg")))

    (message,) = brain.chats()[0].body["messages"]
    assert message["role"] == "user"
    text, png, jpeg = message["content"]
    assert text["text"] == "You answer.\n\nwhich hat?"
    assert png["image_url"]["url"].startswith("data:image/png;base64,iVBORw0K")
    assert jpeg["image_url"]["url"].startswith("data:image/jpeg;base64,/9h")


@pytest.mark.parametrize("turn", [Turn(text="", refusal="I will not."), Turn(text="half", finish="content_filter")])
async def test_a_refusal_is_one(turn: Turn) -> None:
    async with server_of(OPENAI) as (server, brain):
        brain.plays(turn)
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete("phi4:14b", request())

    assert caught.value.code is ChatFault.REFUSED


async def test_a_server_that_calls_pictures_its_own_fault_is_understood() -> None:
    async with server_of(OPENAI) as (server, brain):
        text = "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"
        brain.plays(Turn(status=500, error=text))
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete("minicpm-v", request(images=(PNG,)))

    assert caught.value.code is ChatFault.NO_VISION
    assert len(brain.chats()) == 1


async def test_a_missing_model_is_told_with_those_that_are_there() -> None:
    async with server_of(OPENAI) as (server, brain):
        brain.plays(Turn(status=404, error="The model `phi4:14b` does not exist or you do not have access to it."))
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete("phi4:14b", request())
        found = await server.look("phi5:14b")

    assert caught.value.code is ChatFault.NO_MODEL
    assert "load it there, or name another one" in caught.value.advice
    assert (found.there, found.vision) == (False, None)
    assert "did you mean phi4:14b" in found.advice


async def test_unloading_is_not_asked_of_a_server_that_has_no_word_for_it() -> None:
    async with FakeLlm() as fake, server_of(OPENAI) as (server, brain):
        await server.unload("phi4:14b", 1.0)

    assert not brain.requests
    assert not fake.brain.requests
