"""What a worker's ComfyUI tells of its LoRA files: read one after the other while it draws, and told with its lists."""

import asyncio
import math
from collections.abc import Collection, Mapping
from dataclasses import replace

from vibes.domain.errors import NodeError
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.prompting.lora_card import LoraCard
from vibes.ports.clock import Clock
from vibes.ports.nodes import GeneratorNode, TellsOfLoras
from vibes.worker.heart import Heart

LOOK_SECONDS = 60.0
"""Between two looks for files that are new."""
FRESH_SECONDS = 3600.0
"""After which a file is read again: another one may have taken its name."""
AGAIN_SECONDS = 300.0
"""The same for one that could not be read."""
MOST_CARDS = 1_000
"""They are rows of texts in the database, a kilobyte or two each."""


class LoraCards:
    def __init__(self, node: GeneratorNode, heart: Heart, clock: Clock) -> None:
        self._node = node
        self._heart = heart
        self._clock = clock
        self._due: dict[str, float] = {}
        """When each file is to be read again; one that was gone and comes back, such as with its mount, at once."""
        self._cards: Mapping[str, LoraCard | None] = {}

    async def run(self) -> None:
        """For ever."""
        node = self._node
        while isinstance(node, TellsOfLoras):
            while (inventory := self._heart.inventory) is None:
                await self._heart.checked()
            before = self._cards
            await self.read(node, inventory.files.get(ModelFolder.LORAS, frozenset()))
            if self._cards != before:
                self._heart.tell_loras(self._cards)
            await self._clock.sleep(LOOK_SECONDS)
        await asyncio.Event().wait()

    async def read(self, node: TellsOfLoras, names: Collection[str]) -> Mapping[str, LoraCard | None]:
        """By name; None of a file that tells nothing, and without one that cannot be read. Thumbnails stay there."""
        cards = {name: card for name, card in self._cards.items() if name in names}
        self._due = {name: due for name, due in self._due.items() if name in names}
        for name in sorted(names)[:MOST_CARDS]:
            now = self._clock.monotonic()
            if now < self._due.get(name, -math.inf):
                continue
            try:
                card = await node.lora_card(name)
            except NodeError:
                self._due[name] = now + AGAIN_SECONDS
            else:
                cards[name] = None if card is None else replace(card, thumbnail="")
                self._due[name] = now + FRESH_SECONDS
        self._cards = cards
        return cards
