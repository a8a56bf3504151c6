"""Ollama's own dialect: what is sent, what is listed, and how memory is handed back."""

from itertools import pairwise

import pytest

from tests.fakes.llm import Brain, FakeLlm
from tests.fakes.llm.ollama import images_in
from tests.llm.asking import PNG, request, server_of
from vibes.domain.chat.config import Dialect, ServerConfig
from vibes.llm.connect import connect_server
from vibes.llm.ollama import with_tag
from vibes.ports.chat import ChatFault, ChatLimits, ChatMessage, ChatRequest, ChatUnavailable

OLLAMA = Dialect.OLLAMA


async def test_nothing_is_left_to_defaults_that_depend_on_the_machine() -> None:
    async with server_of(OLLAMA) as (server, brain):
        await server.complete("hermes3:8b", request(limits=ChatLimits(tokens=300, temperature=0.2, context=4096)))

    body = brain.chats()[0].body
    assert body["options"] == {"temperature": 0.2, "num_ctx": 4096, "num_predict": 300}
    assert (body["think"], body["truncate"], body["shift"]) == (False, False, False)
    assert body["keep_alive"] == "5m"
    assert "$ref" not in str(body["format"]), "references are passed over in silence"
    assert body["format"]["properties"]["modify"]["items"]["properties"]["to"] == {"type": "string"}
    assert "images" not in body["messages"][1], "an empty list breaks some engines"


async def test_a_model_on_a_shared_card_does_not_stay_for_long() -> None:
    async with server_of(OLLAMA, shares="big") as (server, brain):
        await server.complete("hermes3:8b", request())

    assert brain.chats()[0].body["keep_alive"] == "30s"


async def test_a_model_is_unloaded_and_gone_from_the_memory_once_that_is_told() -> None:
    async with server_of(OLLAMA, shares="big") as (server, brain):
        await server.complete("minicpm-v", request())
        assert brain.loaded == {"minicpm-v:latest"}
        await server.unload("minicpm-v", 30.0)

    assert not brain.loaded | brain.leaving
    assert [each.path for each in brain.requests].count("/api/ps") > 1


async def test_a_model_that_stays_in_the_memory_is_told_after_a_while() -> None:
    async with server_of(OLLAMA, shares="big") as (server, brain):
        brain.leaving.add("hermes3:8b")
        with pytest.raises(ChatUnavailable) as caught:
            await server.unload("hermes3:8b", 0.3)

    assert caught.value.code is ChatFault.TOO_SLOW


async def test_pictures_go_with_the_last_message_in_plain_base64() -> None:
    async with server_of(OLLAMA) as (server, brain):
        await server.complete("minicpm-v", request(images=(PNG,)))

    messages = brain.chats()[0].body["messages"]
    assert images_in(messages) == [PNG]
    assert messages[1]["images"]


@pytest.mark.parametrize("tells", [True, False])
async def test_which_models_see_is_known_before_anything_is_loaded(tells: bool) -> None:
    async with server_of(OLLAMA, Brain(tells_capabilities=tells)) as (server, brain):
        seeing, blind, missing = [await server.look(each) for each in ("minicpm-v", "phi4:14b", "phi4")]

    assert (seeing.there, seeing.vision) == (True, True)
    assert (blind.there, blind.vision) == (True, False)
    assert (missing.there, missing.advice) == (False, "run `ollama pull phi4` there")
    assert not brain.loaded


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("minicpm-v", "minicpm-v:latest"),
        ("phi4:14b", "phi4:14b"),
        ("hf.co/Some/Model-GGUF", "hf.co/some/model-gguf:latest"),
        ("registry:5000/model", "registry:5000/model:latest"),
        ("Hermes3:8B", "hermes3:8b"),
    ],
)
def test_a_name_without_a_tag_means_the_latest(name: str, listed: str) -> None:
    assert with_tag(name) == listed


def long_talk() -> ChatRequest:
    """More than the context holds: the oldest message is the one that matters."""
    messages = [ChatMessage("system", "You answer.")]
    messages += [ChatMessage("user", f"{number} " + "harbour lighthouse " * 100) for number in range(20)]
    return ChatRequest(messages=messages, limits=ChatLimits(context=4096, tokens=100))


@pytest.mark.parametrize("knows", [True, False])
async def test_messages_that_do_not_fit_are_told_and_never_dropped_in_silence(knows: bool) -> None:
    async with server_of(OLLAMA, Brain(knows_truncate=knows)) as (server, brain):
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete("hermes3:8b", long_talk())

    assert caught.value.code is ChatFault.TOO_LONG
    assert knows or len(brain.read) < len(long_talk().messages)


async def test_a_long_talk_that_fits_is_answered_by_an_older_server() -> None:
    talk = long_talk()
    fits = ChatRequest(messages=talk.messages, limits=ChatLimits(context=16_384, tokens=100))
    async with server_of(OLLAMA, Brain(knows_truncate=False)) as (server, brain):
        await server.complete("hermes3:8b", fits)

    assert brain.read == [each.text for each in talk.messages]


async def test_the_list_of_models_is_asked_for_before_each_request_since_a_name_may_mean_another_one_tomorrow() -> None:
    async with server_of(OLLAMA) as (server, brain):
        first = await server.complete("hermes3:8b", request())
        brain.models["hermes3:8b"].digest = "sha256:newer"
        second = await server.complete("hermes3:8b", request())

    assert [first.digest, second.digest] == ["sha256:herm", "sha256:newer"]
    paths = [each.path for each in brain.requests]
    assert all(pair == ("/api/tags", "/api/chat") for pair in list(pairwise(paths))[::2])


async def test_what_has_no_such_list_is_no_ollama() -> None:
    async with FakeLlm() as fake:
        server = connect_server(ServerConfig(name="home", kind=OLLAMA, url=f"{fake.url}/v1"), lambda _: None)
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete("hermes3:8b", request())
        await server.close()

    assert caught.value.code is ChatFault.NO_SERVER
    assert "is it kind: openai?" in caught.value.advice
