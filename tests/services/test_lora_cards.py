"""A stored picture names the hashes of its LoRAs where its node can tell them, and never waits for long."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.factories import make_lora, make_spec
from tests.fakes import FakeClock
from vibes.domain.errors import NodeUnreachable
from vibes.domain.ids import NodeId
from vibes.domain.prompting.lora_card import LoraCard
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.media.decoding_pool import DecodingPool
from vibes.services.media.image_metadata import Hashes
from vibes.services.prompting import lora_cards
from vibes.services.prompting.lora_cards import AGAIN_FOR_PICTURE_SECONDS, FRESH_SECONDS, LoraCards

DIGITS = "0123456789abcdef" * 4
SPEC = make_spec(checkpoint=None, loras=(make_lora("ink.safetensors"), make_lora("grain.safetensors")))


class Teller:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = self.hangs = False

    async def model_card(self, name: str) -> LoraCard | None:
        return await self.lora_card(name)

    async def lora_card(self, name: str) -> LoraCard | None:
        self.asked.append(name)
        if self.fails:
            raise NodeUnreachable("502 Bad Gateway")
        if self.hangs:
            await asyncio.Event().wait()
        return LoraCard(hash=DIGITS) if name == "ink.safetensors" else None


def watched(client: Any) -> WatchedNode:
    return cast("WatchedNode", SimpleNamespace(client=client, config=SimpleNamespace(id=NodeId("fast"))))


def cards_at(clock: FakeClock) -> LoraCards:
    return LoraCards(DecodingPool(), clock)


async def test_each_file_is_asked_about_once_for_people_and_pictures() -> None:
    clock, teller = FakeClock(), Teller()
    cards = cards_at(clock)
    for _ in range(2):
        assert await cards.hashes(watched(teller), SPEC) == Hashes({"ink.safetensors": DIGITS})
    await cards.ask("ink.safetensors", {NodeId("fast"): teller})
    assert teller.asked == ["ink.safetensors", "grain.safetensors"]
    clock.advance(FRESH_SECONDS + 1)
    await cards.hashes(watched(teller), SPEC)
    assert len(teller.asked) == 4


async def test_a_node_that_fails_or_cannot_tell_costs_no_picture() -> None:
    clock, teller = FakeClock(), Teller()
    cards = cards_at(clock)
    assert await cards.hashes(watched(object()), SPEC) == Hashes()
    teller.fails = True
    assert await cards.hashes(watched(teller), SPEC) == Hashes()
    teller.fails = False
    assert await cards.hashes(watched(teller), SPEC) == Hashes(), "it is left alone for a while"
    clock.advance(AGAIN_FOR_PICTURE_SECONDS + 1)
    assert await cards.hashes(watched(teller), SPEC) == Hashes({"ink.safetensors": DIGITS})


async def test_a_node_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lora_cards, "PICTURE_PATIENCE_SECONDS", 0.01)
    teller = Teller()
    teller.hangs = True
    cards = cards_at(FakeClock())
    assert await cards.hashes(watched(teller), SPEC) == Hashes()
    assert teller.asked == ["ink.safetensors"]


async def test_the_model_is_told_beside_loras_and_taken_for_none_of_them() -> None:
    teller = Teller()
    cards = cards_at(FakeClock())
    spec = make_spec(checkpoint="ink.safetensors", loras=(make_lora("ink.safetensors"),))
    assert await cards.hashes(watched(teller), spec) == Hashes({"ink.safetensors": DIGITS}, DIGITS)
    assert teller.asked == ["ink.safetensors", "ink.safetensors"], "two files of one name in two folders"
    without = make_spec(checkpoint="grain.safetensors", loras=())
    assert await cards.hashes(watched(teller), without) == Hashes()


async def test_a_node_that_tells_of_loras_alone_leaves_the_model_out() -> None:
    teller = SimpleNamespace(lora_card=Teller().lora_card)
    spec = make_spec(checkpoint="ink.safetensors", loras=(make_lora("ink.safetensors"),))
    assert await cards_at(FakeClock()).hashes(watched(teller), spec) == Hashes({"ink.safetensors": DIGITS})
