"""What a language model server may do with a request, told once for both dialects: an answer, or one clear sentence."""

import asyncio
import json
from collections.abc import Callable

import pytest

from tests.fakes.llm import Brain, Turn
from tests.fakes.llm.brain import fenced
from tests.llm.asking import FITS, MODELS, PNG, request, server_of
from tests.waiting import eventually
from vibes.domain.chat.config import Dialect, ServerConfig
from vibes.llm.connect import connect_server
from vibes.ports.chat import ChatFault, ChatLimits, ChatUnavailable, Finish

BOTH = pytest.mark.parametrize("dialect", Dialect)
Say = Callable[[], Turn]


async def unavailable(dialect: Dialect, *turns: Turn, brain: Brain | None = None, **asked: object) -> ChatUnavailable:
    async with server_of(dialect, brain) as (server, fake):
        fake.plays(*turns)
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete(MODELS[dialect], request(**asked))  # type: ignore[arg-type]  # whatever a test asks
    return caught.value


@BOTH
async def test_an_answer_fits_the_schema_and_says_which_model_gave_it(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, _):
        answer = await server.complete(MODELS[dialect], request())

    assert json.loads(answer.text) == json.loads(FITS)
    assert answer.model == MODELS[dialect]
    assert answer.digest == {Dialect.OLLAMA: "sha256:herm", Dialect.OPENAI: "fp_1"}[dialect]
    assert answer.finish is Finish.STOP
    assert answer.tokens > 0


@BOTH
async def test_text_is_heard_as_it_comes_without_what_the_model_thinks(dialect: Dialect) -> None:
    heard: list[str] = []
    said = "<think>\nThe person says no hat.\n</think>\n\nA harbour at dawn, in fog."
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(text=said, thought="hm"))
        answer = await server.complete(MODELS[dialect], request(schema=None, hear=heard.append))

    assert answer.text == "A harbour at dawn, in fog."
    assert "".join(heard) == answer.text
    assert len(heard) > 1


@BOTH
@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("the end of a thought</think>{}", "{}"),
        ("<think>never ends", ""),
        ("<thin", ""),
        ("<think></think>{}", "{}"),
        ("< think", "< think"),
    ],
)
async def test_thoughts_are_left_out_however_they_begin_and_end(dialect: Dialect, said: str, text: str) -> None:
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(text=said))
        assert (await server.complete(MODELS[dialect], request(schema=None))).text == text


@BOTH
@pytest.mark.parametrize(
    "said",
    [
        fenced('{"keep": ["harbour"]}').text,
        'Of course: {"keep": ["harbour"]} Enjoy!',
        '{"kept": []}',
        '{"keep": "harbour"}',
        '{"keep": ["something that nobody said"]}',
        "",
        "I cannot help with that.",
    ],
)
async def test_what_a_model_makes_of_it_is_handed_on_word_for_word(dialect: Dialect, said: str) -> None:
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(text=said))
        answer = await server.complete(MODELS[dialect], request())

    assert answer.text == said
    assert answer.finish is Finish.STOP


@BOTH
async def test_an_answer_that_reached_its_limit_says_so(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(text='{"keep": ["har', finish="length"))
        assert (await server.complete(MODELS[dialect], request())).finish is Finish.LENGTH


@BOTH
async def test_a_server_that_does_not_stream_is_understood_too(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(whole=True))
        answer = await server.complete(MODELS[dialect], request())

    assert json.loads(answer.text) == json.loads(FITS)


@BOTH
async def test_a_server_that_fails_once_is_asked_once_more(dialect: Dialect) -> None:
    heard: list[str] = []
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(text="half of it is told", error="model runner has unexpectedly stopped"))
        answer = await server.complete(MODELS[dialect], request(hear=heard.append))

    assert json.loads(answer.text) == json.loads(FITS)
    assert len(brain.chats()) == 2
    told = "".join(heard[heard.index("") + 1 :])
    assert told == answer.text, "what was heard of the first try is taken back"


@BOTH
async def test_a_server_that_fails_at_schemas_is_asked_for_any_json_from_then_on(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(status=500, error="Failed to parse input at pos 0"), Turn(status=500, error="Failed to parse"))
        await server.complete(MODELS[dialect], request())
        await server.complete(MODELS[dialect], request())

    forms = [chat.body.get("format") or chat.body["response_format"]["type"] for chat in brain.chats()]
    assert forms[2:] == {Dialect.OLLAMA: ["json"] * 2, Dialect.OPENAI: ["json_object"] * 2}[dialect]
    assert server.form == "any JSON"
    assert '"keep"' in str(brain.chats()[-1].body["messages"][0]["content"]), "the schema is told in words instead"


@BOTH
async def test_a_server_that_fails_at_everything_is_asked_four_times_and_no_more(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, brain):
        brain.usual = Turn(status=500, error="boom")
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete(MODELS[dialect], request())

    assert caught.value.code is ChatFault.BROKEN
    assert caught.value.advice == "home failed: boom; its log says more"
    assert len(brain.chats()) == 4
    assert server.form == "JSON schema", "none of the weaker forms worked, so nothing is learnt"


@BOTH
@pytest.mark.parametrize(
    ("turn", "code", "told"),
    [
        (Turn(status=503, error="server busy, please try again."), ChatFault.BUSY, "home is busy: server busy"),
        (Turn(status=429, error="slow down"), ChatFault.BUSY, "home is busy: slow down"),
        (Turn(status=401, error="who?"), ChatFault.WRONG_KEY, "name that with api_key_env in llm.yaml"),
        (Turn(text="half of", no_end=True), ChatFault.CUT, "home broke off its answer"),
        (Turn(text="{ ", endless=True), ChatFault.CUT, "home answered with endless blanks"),
        (Turn(status=400, error="exceeds the available context size"), ChatFault.TOO_LONG, "longer than"),
        (Turn(status=404, error="404 page not found", plain_error=True), ChatFault.NO_SERVER, "is it kind:"),
        (Turn(status=418, error="<h1>teapot</h1>", plain_error=True), ChatFault.BROKEN, "<h1>teapot</h1>"),
        (
            Turn(status=500, error="model requires more system memory (9.1 GiB) than is available"),
            ChatFault.BROKEN,
            "home has too little memory for this model",
        ),
        (Turn(leads_to="http://elsewhere.example/api"), ChatFault.NO_SERVER, "leads on to http://elsewhere.example"),
    ],
)
async def test_why_there_is_no_answer_is_told_with_what_helps(
    dialect: Dialect, turn: Turn, code: ChatFault, told: str
) -> None:
    error = await unavailable(dialect, turn, turn, turn, turn)

    assert error.code is code
    assert told in error.advice


@BOTH
async def test_a_model_that_is_missing_is_told_with_the_command_that_gets_it(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, _):
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete("llama3.2", request())

    assert caught.value.code is ChatFault.NO_MODEL
    assert "`ollama pull llama3.2`" in caught.value.advice


@BOTH
async def test_pictures_are_shown_to_a_model_that_sees_them(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, brain):
        await server.complete("minicpm-v", request(images=(PNG, PNG)))

    assert len(brain.chats()) == 1


@BOTH
async def test_pictures_are_not_shown_to_a_model_that_sees_none(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, _):
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete(MODELS[dialect], request(images=(PNG,)))

    assert caught.value.code is ChatFault.NO_VISION
    assert "sees no pictures" in caught.value.advice


@BOTH
async def test_the_time_limit_ends_the_work_on_the_server_too(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(hangs=True))
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete(MODELS[dialect], request(limits=ChatLimits(seconds=0.5)))
        await eventually(lambda: brain.abandoned == 1, what="the server notices that nobody waits")

    assert caught.value.code is ChatFault.TOO_SLOW


@BOTH
async def test_who_is_cancelled_ends_the_work_on_the_server_too(dialect: Dialect) -> None:
    async with server_of(dialect) as (server, brain):
        brain.plays(Turn(hangs=True))
        asking = asyncio.create_task(server.complete(MODELS[dialect], request()))
        await eventually(lambda: brain.running == 1, what="the server works on it")
        asking.cancel()
        await eventually(lambda: brain.abandoned == 1, what="the server notices that nobody waits")
        with pytest.raises(asyncio.CancelledError):
            await asking


@BOTH
async def test_an_answer_without_an_end_is_cut_off(dialect: Dialect) -> None:
    error = await unavailable(dialect, Turn(text="ab", endless=True))

    assert error.code is ChatFault.CUT
    assert "endless text" in error.advice


@BOTH
async def test_a_key_is_sent_and_never_repeated(dialect: Dialect) -> None:
    async with server_of(dialect, Brain(key="right"), key="very-secret") as (server, brain):
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete(MODELS[dialect], request())
        assert caught.value.code is ChatFault.WRONG_KEY
        assert "HOME_KEY" in caught.value.advice
        assert "very-secret" not in caught.value.advice
        brain.key = "very-secret"
        await server.complete(MODELS[dialect], request())

    assert {each.key for each in brain.requests} == {"Bearer very-secret"}


@BOTH
async def test_a_key_in_an_error_of_any_status_is_not_handed_on(dialect: Dialect) -> None:
    async with server_of(dialect, key="very-secret") as (server, brain):
        brain.plays(*[Turn(status=400, error="you sent very-secret")] * 4)
        with pytest.raises(ChatUnavailable) as caught:
            await server.complete(MODELS[dialect], request())

    assert "very-secret" not in caught.value.advice


@BOTH
def test_a_key_that_is_not_set_is_told_by_its_variable(dialect: Dialect) -> None:
    config = ServerConfig(name="home", kind=dialect, url="http://127.0.0.1:9", api_key_env="HOME_KEY")

    with pytest.raises(ChatUnavailable) as caught:
        connect_server(config, lambda _: None)

    assert caught.value.code is ChatFault.WRONG_KEY
    assert caught.value.advice.startswith("HOME_KEY, which holds the key of home, is not set")


@BOTH
async def test_nobody_at_an_address_is_told_with_the_address(dialect: Dialect) -> None:
    server = connect_server(ServerConfig(name="home", kind=dialect, url="http://127.0.0.1:9"), lambda _: None)

    with pytest.raises(ChatUnavailable) as caught:
        await server.complete("hermes3:8b", request())
    await server.close()

    assert caught.value.code is ChatFault.NO_SERVER
    assert "nothing answers at http://127.0.0.1:9" in caught.value.advice
