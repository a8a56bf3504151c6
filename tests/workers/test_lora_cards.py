"""What LoRA files say of themselves reaches the hub by way of the worker, which reads each of them once."""

from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.waiting import eventually
from tests.workers.world import Workshop, ready
from vibes.domain.errors import NodeError, NodeUnreachable
from vibes.domain.prompting.lora_card import LoraCard, TriggerWord
from vibes.nodes.worker.wire import lora_cards_json, lora_cards_of
from vibes.ports.nodes import TellsOfLoras
from vibes.worker.lora_cards import AGAIN_SECONDS, FRESH_SECONDS, MOST_CARDS, LoraCards

INK = LoraCard(title="Ink", bases=("sd15",), trigger_words=(TriggerWord("inksketch", 68),), thumbnail="data:x")


class _Files:
    """Of a ComfyUI."""

    def __init__(self, **cards: LoraCard | None) -> None:
        self.cards = cards
        self.away = False
        self.asked: list[str] = []

    async def lora_card(self, name: str) -> LoraCard | None:
        self.asked.append(name)
        if self.away or name not in self.cards:
            raise NodeUnreachable("it does not answer")
        return self.cards[name]


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
async def test_the_hub_knows_the_words_of_a_lora_on_a_workers_machine(shop: Workshop) -> None:
    await shop.worker(await shop.comfyui())
    node = shop.node()
    assert isinstance(node, TellsOfLoras)
    await ready(node)

    async def card() -> LoraCard | None:
        await node.discover()
        try:
            return await node.lora_card("sd15-ink-sketch.safetensors")
        except NodeError:
            return None

    told = await eventually(card, what="its worker has read the file")
    assert told.trigger_words[0] == TriggerWord("inksketch", 68)
    with pytest.raises(NodeError):
        await node.lora_card("nobody-has-this.safetensors")


async def test_each_file_is_read_once_an_hour_and_what_cannot_be_read_sooner() -> None:
    files, clock = _Files(ink=INK, plain=None), FakeClock()
    reader: Any = LoraCards(files, None, clock)  # type: ignore[arg-type]  # of the node nothing else is asked
    names = ["broken", "ink", "plain"]
    cards = await reader.read(files, names)
    assert cards["plain"] is None
    assert (cards["ink"].title, cards["ink"].thumbnail) == ("Ink", "")
    assert "broken" not in cards
    await reader.read(files, names)
    assert files.asked == names
    clock.advance(AGAIN_SECONDS)
    await reader.read(files, names)
    assert files.asked == [*names, "broken"]
    clock.advance(FRESH_SECONDS)
    files.away = True
    assert (await reader.read(files, names))["ink"].title == "Ink", "what is known stays while its ComfyUI is away"
    assert await reader.read(files, ["plain"]) == {"plain": None}, "what is gone is told no more"


async def test_a_file_that_comes_back_is_read_at_once() -> None:
    """A mount that was away for a minute: without this, nothing was known of its files for an hour."""
    files = _Files(ink=INK)
    reader: Any = LoraCards(files, None, FakeClock())  # type: ignore[arg-type]  # as above
    await reader.read(files, ["ink"])
    assert await reader.read(files, []) == {}
    assert (await reader.read(files, ["ink"]))["ink"].title == "Ink"


async def test_of_very_many_files_so_many_are_read() -> None:
    files = _Files(**{f"{number:05}": None for number in range(MOST_CARDS + 5)})
    reader: Any = LoraCards(files, None, FakeClock())  # type: ignore[arg-type]  # as above
    assert len(await reader.read(files, frozenset(files.cards))) == MOST_CARDS


def test_cards_arrive_as_they_were_told_and_an_earlier_worker_tells_none() -> None:
    cards = {"ink": INK, "plain": None}
    assert lora_cards_of(lora_cards_json(cards)) == cards
    assert lora_cards_of({}) == {}
    with pytest.raises(ValueError, match="lora"):
        lora_cards_of({"lora_cards": {"lora": 7}})
