"""LoRAs of the fleet with what their files tell: asked of nodes when somebody looks, and remembered."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from vibes.domain.errors import NotFound
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.prompting.lora_card import LoraCard
from vibes.recipes.matching import is_told_by
from vibes.services.fleet.shelves import FleetShelves
from vibes.services.prompting.lora_cards import LoraCards
from vibes.text.folded_text import folded
from vibes.text.near_names import near_name_hint
from vibes.workflows.models.lora_families import lora_family

PATIENCE_SECONDS = 5.0
"""What nodes have not told by then is left out of an answer."""
MOST_LOOKED_INTO, AT_A_TIME = 100, 10
"""Files that are asked about for one hash, and how many of them before what they told is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    name: str
    """In the fleet's spelling."""
    nodes: Collection[NodeId]
    family: str | None
    """By the file itself or, where that is silent, by its name; None: neither tells."""
    card: LoraCard | None
    """None: no node has told it yet. Its thumbnail is a small JPEG that the hub has made."""


@dataclass(frozen=True, slots=True)
class LoraPage:
    loras: Sequence[Lora]
    total: int
    """Of all pages."""


class LoraService:
    def __init__(self, shelves: FleetShelves, cards: LoraCards) -> None:
        self._shelves = shelves
        self._cards = cards
        self._embeddings: tuple[object, Sequence[str]] | None = None
        self._all: tuple[object, int, Sequence[Lora]] | None = None

    async def page(self, search: str, family: str | None, *, limit: int, offset: int = 0) -> LoraPage:
        """Those whose name, or what is known of them, has all the words; known to be of another family last. Nodes are
        asked about those of the page, within `PATIENCE_SECONDS`."""
        wanted = folded(search).split()
        known = [each for each in self.known() if all(word in _searched(each) for word in wanted)]
        known.sort(key=lambda lora: (family is not None and lora.family not in {None, family}, folded(lora.name)))
        shown = known[offset : offset + limit]
        await self._ask_about(shown)
        return LoraPage([self._known(each.name, each.nodes) for each in shown], len(known))

    async def one(self, name: str) -> Lora:
        """Raises NotFound with near names."""
        shelf = self._shelves.all()[ModelFolder.LORAS]
        canonical = self._shelves.canonical(ModelFolder.LORAS, name)
        if canonical is None or canonical not in shelf:
            raise NotFound(f"no node has a LoRA {name!r}{near_name_hint(name, list(shelf))}", code="unknown_lora")
        lora = self._known(canonical, shelf[canonical])
        await self._ask_about([lora])
        return self._known(canonical, lora.nodes)

    def known(self) -> Sequence[Lora]:
        """All, without asking anybody; the same object as long as neither the fleet nor what is known changes."""
        state = self._shelves.state()
        changes = self._cards.changes
        if self._all is None or self._all[0] is not state or self._all[1] != changes:
            files = self._shelves.all()[ModelFolder.LORAS]
            self._all = state, changes, [self._known(name, nodes) for name, nodes in files.items()]
        return self._all[2]

    async def hashes(self, wanted: Collection[str], likely: Collection[str]) -> Mapping[str, str]:
        """SHA-256 of the tensors by the fleet's names, as far as files tell it to their nodes.

        Nodes are asked about the ``likely`` files, then about others of which nothing is known, until each of the
        ``wanted`` first digits is found: about `MOST_LOOKED_INTO` files at most, and within `PATIENCE_SECONDS`.
        """
        unread = [each for each in self.known() if each.card is None]
        others = [each for each in unread if each.name not in likely][:MOST_LOOKED_INTO]
        turns = [others[start : start + AT_A_TIME] for start in range(0, len(others), AT_A_TIME)]
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                for turn in ([each for each in unread if each.name in likely], *turns):
                    found = self._hashes().values()
                    if all(any(is_told_by(digits, each) for each in found) for digits in wanted):
                        break
                    await self._ask_about(turn)
        return self._hashes()

    def _hashes(self) -> dict[str, str]:
        return {each.name: each.card.hash for each in self.known() if each.card is not None and each.card.hash}

    def embeddings(self) -> Sequence[str]:
        """Of all nodes, by name; the same object as long as the fleet does not change."""
        state = self._shelves.state()
        if self._embeddings is None or self._embeddings[0] is not state:
            self._embeddings = state, sorted(self._shelves.all()[ModelFolder.EMBEDDINGS])
        return self._embeddings[1]

    def _known(self, name: str, nodes: Collection[NodeId]) -> Lora:
        card = self._cards.known(name, nodes)
        return Lora(name=name, nodes=nodes, family=lora_family(name, card.bases if card else ()), card=card)

    async def _ask_about(self, loras: Sequence[Lora]) -> None:
        tasks = [asyncio.create_task(self._ask(each)) for each in loras]
        if not tasks:
            return
        try:
            told, _ = await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in told:
            task.result()

    async def _ask(self, lora: Lora) -> None:
        nodes = {each.config.id: each.client for each in self._shelves.watches() if each.config.id in lora.nodes}
        await self._cards.ask(lora.name, nodes)


def _searched(lora: Lora) -> str:
    words = () if lora.card is None else (lora.card.title, *(each.text for each in lora.card.trigger_words))
    return folded("\n".join((lora.name, *words)))
