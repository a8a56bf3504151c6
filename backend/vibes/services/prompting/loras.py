"""LoRAs of the fleet with what their files tell: asked of nodes when somebody looks, and remembered."""

import asyncio
import base64
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.errors import NodeError, NotFound
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.prompting.lora_card import LoraCard
from vibes.ports.clock import Clock
from vibes.ports.nodes import TellsOfLoras
from vibes.services.fleet.shelves import FleetShelves
from vibes.services.media.data_uri import NoDataUri, bytes_of
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.image_codec import BrokenPicture, look_at
from vibes.text.folded_text import folded
from vibes.text.near_names import near_name_hint
from vibes.workflows.models.lora_families import lora_family

logger = logging.getLogger(__name__)

FRESH_SECONDS = 600.0
"""A file's card is asked for again after that: somebody may have put another file into its place."""
AGAIN_SECONDS = 30.0
"""A node that did not answer is asked again after that."""
PATIENCE_SECONDS = 5.0
"""What nodes have not told by then is left out of an answer."""
AT_ONCE = 4
"""Files that are asked about at a time."""
MOST_CARDS = 5_000
_NOTHING = LoraCard()


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


@dataclass(frozen=True, slots=True)
class _Read:
    card: LoraCard | None
    """None: the node did not answer."""
    until: float


class LoraService:
    def __init__(self, shelves: FleetShelves, decoding: DecodingPool, clock: Clock) -> None:
        self._shelves = shelves
        self._decoding = decoding
        self._clock = clock
        self._read: dict[tuple[NodeId, str], _Read] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._changes = 0
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
        if self._all is None or self._all[0] is not state or self._all[1] != self._changes:
            files = self._shelves.all()[ModelFolder.LORAS]
            self._all = state, self._changes, [self._known(name, nodes) for name, nodes in files.items()]
        return self._all[2]

    def embeddings(self) -> Sequence[str]:
        """Of all nodes, by name; the same object as long as the fleet does not change."""
        state = self._shelves.state()
        if self._embeddings is None or self._embeddings[0] is not state:
            self._embeddings = state, sorted(self._shelves.all()[ModelFolder.EMBEDDINGS])
        return self._embeddings[1]

    def _known(self, name: str, nodes: Collection[NodeId]) -> Lora:
        card = next((read.card for node in sorted(nodes) if (read := self._read.get((node, name))) and read.card), None)
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
        """One node after the other until one tells."""
        async with self._turns:
            for node_id, client in self._clients(lora.nodes).items():
                read = self._read.get((node_id, lora.name))
                if read is None or read.until < self._clock.monotonic():
                    read = await self._read_anew(node_id, client, lora.name, read)
                if read.card is not None:
                    return

    def _clients(self, nodes: Collection[NodeId]) -> Mapping[NodeId, TellsOfLoras]:
        found = {each.config.id: each.client for each in self._shelves.watches() if each.config.id in nodes}
        return {each: client for each in sorted(found) if isinstance(client := found[each], TellsOfLoras)}

    async def _read_anew(self, node_id: NodeId, client: TellsOfLoras, name: str, before: _Read | None) -> _Read:
        read = _Read(before.card if before else None, self._clock.monotonic() + AGAIN_SECONDS)
        try:
            card = await self._with_thumbnail(await client.lora_card(name) or _NOTHING)
            read = _Read(card, self._clock.monotonic() + FRESH_SECONDS)
        except NodeError as error:
            logger.info("%s does not tell of %s: %s", node_id, name, error)
        finally:  # also where patience ran out: the next look asks another node
            self._remember(node_id, name, read)
        return read

    def _remember(self, node_id: NodeId, name: str, read: _Read) -> None:
        self._read.pop((node_id, name), None)
        self._read[node_id, name] = read
        for oldest in list(self._read)[: max(len(self._read) - MOST_CARDS, 0)]:
            del self._read[oldest]
        self._changes += 1

    async def _with_thumbnail(self, card: LoraCard) -> LoraCard:
        """A foreign picture is not handed on: it is decoded, made small and written anew; what is none is left out."""
        if not card.thumbnail:
            return card
        try:
            small = (await self._decoding.run(Lane.PEOPLE, bytes_of(card.thumbnail), look_at)).thumbnail
        except (NoDataUri, BrokenPicture) as error:
            logger.info("the thumbnail of %s is no picture: %s", card.title or "a LoRA", error)
            return replace(card, thumbnail="")
        return replace(card, thumbnail=f"data:image/jpeg;base64,{base64.b64encode(small).decode()}")


def _searched(lora: Lora) -> str:
    words = () if lora.card is None else (lora.card.title, *(each.text for each in lora.card.trigger_words))
    return folded("\n".join((lora.name, *words)))
