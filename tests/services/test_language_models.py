"""Language models of a whole hub: one request at a time, and a card that draws or thinks, never both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from tests.fakes.llm import FakeLlm, Turn
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.chat.config import Stage
from vibes.domain.ids import NodeId
from vibes.domain.reason import ReasonCode
from vibes.ports.chat import ChatAnswer, ChatFault, ChatLimits, ChatMessage, ChatRequest, ChatUnavailable
from vibes.services.chat import line

FAST, SLOW = NodeId("fast"), NodeId("slow")
QUESTION = ChatRequest(messages=[ChatMessage("user", "no hat")])


def config_for(fake: FakeLlm, *, shares: str | None = None) -> str:
    shared = f", shares_gpu_with: {shares}" if shares else ""
    return f"""
servers:
  home: {{kind: ollama, url: "{fake.url}"{shared}}}
  other: {{kind: openai, url: "{fake.url}"}}
stages:
  interpreter: {{server: home}}
  engineer: {{server: other, model: "phi4:14b"}}
  vision: {{server: home}}
"""


@asynccontextmanager
async def hub_with(folder: Path, fleet: FakeFleet, *, shares: str | None = None) -> AsyncIterator[tuple[Hub, FakeLlm]]:
    async with FakeLlm() as fake:
        (folder / "llm.yaml").write_text(config_for(fake, shares=shares), encoding="utf-8")
        async with open_hub(settings_for(folder), fleet) as hub:
            yield hub, fake
            fake.brain.go_on.set()


async def ask(hub: Hub, stage: Stage = Stage.INTERPRETER, question: ChatRequest = QUESTION) -> ChatAnswer:
    model = hub.chat.model(stage)
    assert model is not None
    return await model.complete(question)


async def test_requests_to_one_server_wait_for_one_another_and_who_gives_up_makes_room(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet()) as (hub, fake):
        fake.brain.plays(Turn(hangs=True, text="first"), Turn(text="next"))
        first, second, third = [asyncio.create_task(ask(hub)) for _ in range(3)]
        await eventually(lambda: fake.brain.running == 1, what="the first is being answered")
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert len(fake.brain.chats()) == 1
        fake.brain.go_on.set()

        assert [(await first).text, (await third).text] == ["first", "next"]
        assert fake.brain.most_running == 1
        assert len(fake.brain.chats()) == 2, "nobody asked in place of the one that gave up"


async def test_who_gives_up_while_being_answered_makes_room(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet()) as (hub, fake):
        fake.brain.plays(Turn(hangs=True), Turn(text="next"))
        first, second = [asyncio.create_task(ask(hub)) for _ in range(2)]
        await eventually(lambda: fake.brain.running == 1, what="the first is being answered")
        first.cancel()

        assert (await second).text == "next"


async def test_servers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet()) as (hub, fake):
        fake.brain.plays(Turn(hangs=True), Turn(text="meanwhile"))
        first = asyncio.create_task(ask(hub))
        await eventually(lambda: fake.brain.running == 1, what="the first is being answered")

        assert (await ask(hub, Stage.ENGINEER)).text == "meanwhile"
        first.cancel()


async def test_who_waits_too_long_for_others_is_told_so(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet()) as (hub, fake):
        fake.brain.plays(Turn(hangs=True))
        first = asyncio.create_task(ask(hub))
        await eventually(lambda: fake.brain.running == 1, what="the first is being answered")
        hurried = ChatRequest(messages=QUESTION.messages, limits=ChatLimits(seconds=0.2))
        with pytest.raises(ChatUnavailable) as caught:
            await ask(hub, question=hurried)
        first.cancel()

    assert caught.value.code is ChatFault.BUSY
    assert caught.value.advice == "home was busy with others within 0.2 s; try again"


async def test_a_shared_card_finishes_its_picture_and_draws_on_once_the_model_has_left(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with hub_with(tmp_path, fleet, shares="fast") as (hub, fake):
        node = fleet["fast"]
        submission = await hub.generations.submit(request(count=4))
        await eventually(lambda: node.running, what="the card draws")
        fake.brain.plays(Turn(hangs=True))
        asking = asyncio.create_task(ask(hub))
        await eventually(lambda: hub.supervisor.get(FAST).lent, what="the card is asked for")
        await eventually(lambda: not node.pending, what="what waits on the node is taken back")
        assert not fake.brain.chats(), "the picture comes first"

        node.finish(node.running[0])
        await eventually(lambda: fake.brain.running == 1, what="the model is asked")
        assert not node.running, "it draws nothing meanwhile"
        assert node.freed == 1
        pause = hub.fleet.node(FAST).pause
        assert pause is not None
        assert (pause.code, pause.sentence) == (ReasonCode.LENT, "lent to the language models of home")

        fake.brain.go_on.set()
        await asking
        await eventually(lambda: node.running, what="it draws on")
        assert not fake.brain.loaded | fake.brain.leaving, "the model has left the memory before"
        for each in fleet.nodes.values():
            each.instant = True
            for attempt_id in each.running:
                each.finish(attempt_id)
        assert len(await finished(hub, submission.batch.id)) == 4


async def test_requests_that_belong_together_hold_the_card_once(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet(), shares="fast") as (hub, fake):
        async with hub.chat.together():
            await ask(hub)
            await ask(hub, Stage.VISION)
            assert hub.supervisor.get(FAST).lent
            assert fake.brain.loaded == {"hermes3:8b", "minicpm-v:latest"}
        await eventually(lambda: not hub.supervisor.get(FAST).lent, what="the card is given back")

        assert not fake.brain.loaded | fake.brain.leaving


async def test_a_card_that_draws_for_too_long_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "CARD_SECONDS", 0.2)
    fleet = FakeFleet(instant=False)
    async with hub_with(tmp_path, fleet, shares="fast") as (hub, fake):
        await hub.generations.submit(request(count=3))
        await eventually(lambda: fleet["fast"].running, what="the card draws")
        with pytest.raises(ChatUnavailable) as caught:
            await ask(hub)

        assert caught.value.code is ChatFault.BUSY
        assert "fast, whose card home shares" in caught.value.advice
        assert not fake.brain.chats()
        assert not hub.supervisor.get(FAST).lent, "it draws on"
        assert hub.chat.standing(Stage.INTERPRETER).words == caught.value.advice


async def test_a_card_that_is_with_its_owner_thinks_for_nobody(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with hub_with(tmp_path, fleet, shares="fast") as (hub, fake):
        await hub.generations.submit(request(count=3))
        await eventually(lambda: fleet["fast"].running, what="the card draws")
        asking = asyncio.create_task(ask(hub))
        await eventually(lambda: hub.supervisor.get(FAST).lent, what="the card is asked for")
        await hub.fleet.drain(FAST)
        for again in (asking, ask(hub)):
            with pytest.raises(ChatUnavailable) as caught:
                await again
            assert caught.value.code is ChatFault.BUSY
            assert "is with its owner: drained" in caught.value.advice
        assert not fake.brain.chats()
        assert not hub.supervisor.get(FAST).lent
        await hub.fleet.resume(FAST)
        for attempt_id in fleet["fast"].running:
            fleet["fast"].finish(attempt_id)
        fleet["fast"].instant = True
        await ask(hub)
        assert fake.brain.chats(), "its owner lends it again"


async def test_who_gives_up_while_the_card_draws_gives_the_card_back(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    async with hub_with(tmp_path, fleet, shares="fast") as (hub, _):
        await hub.generations.submit(request(count=3))
        await eventually(lambda: fleet["fast"].running, what="the card draws")
        asking = asyncio.create_task(ask(hub))
        await eventually(lambda: hub.supervisor.get(FAST).lent, what="the card is asked for")
        asking.cancel()
        await eventually(lambda: not hub.supervisor.get(FAST).lent, what="the card is given back")


async def test_a_server_that_fails_gives_the_card_back(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet(), shares="fast") as (hub, fake):
        fake.brain.usual = Turn(status=500, error="boom")
        with pytest.raises(ChatUnavailable):
            await ask(hub)
        await eventually(lambda: not hub.supervisor.get(FAST).lent, what="the card is given back")


@pytest.mark.parametrize("shares", ["nobody", "slow"])
async def test_a_card_of_a_node_that_is_not_there_is_free(tmp_path: Path, shares: str) -> None:
    fleet = FakeFleet()
    async with hub_with(tmp_path, fleet, shares=shares) as (hub, fake):
        fleet["slow"].reachable = False
        await eventually(lambda: not hub.supervisor.get(SLOW).reachable, what="it is off")
        fake.brain.plays(Turn(text="yes"))

        assert (await ask(hub)).text == "yes"


async def test_an_edit_of_llm_yaml_leaves_what_is_under_way_on_other_servers_alone(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet()) as (hub, fake):
        fake.brain.plays(Turn(hangs=True), Turn(text="done"))
        asking = asyncio.create_task(ask(hub))
        await eventually(lambda: fake.brain.running == 1, what="it is being answered")
        text = config_for(fake).replace("phi4:14b", "thinker:4b")
        (tmp_path / "llm.yaml").write_text(text, encoding="utf-8")

        def new_model() -> bool:
            config = hub.chat.standing(Stage.ENGINEER).config
            return config is not None and config.model == "thinker:4b"

        await eventually(new_model, what="the edit is applied")
        fake.brain.go_on.set()
        await asking
        assert hub.chat.standing(Stage.INTERPRETER).words.startswith("answered in")
        (tmp_path / "llm.yaml").unlink()
        await eventually(lambda: hub.chat.model(Stage.ENGINEER) is None, what="without a file there are none")


async def test_stages_with_the_same_model_are_told_apart(tmp_path: Path) -> None:
    async with hub_with(tmp_path, FakeFleet()) as (hub, fake):
        text = config_for(fake).replace("vision: {server: home}", "vision: {server: home, model: hermes3:8b}")
        (tmp_path / "llm.yaml").write_text(
            text.replace("{server: home}", "{server: home, model: hermes3:8b}"), encoding="utf-8"
        )
        await eventually(lambda: hub.chat.standing(Stage.VISION).config == hub.chat.standing(Stage.INTERPRETER).config)
        await ask(hub)
        with pytest.raises(ChatUnavailable):
            await ask(hub, Stage.VISION, ChatRequest(messages=QUESTION.messages, images=(b"a picture",)))

        assert hub.chat.standing(Stage.INTERPRETER).words.startswith("answered in")
        assert "sees no pictures" in hub.chat.standing(Stage.VISION).words
