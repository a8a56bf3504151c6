"""What LoRA files tell, asked of the nodes that have them and remembered: for people who look, and for pictures."""

import asyncio
import base64
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from vibes.domain.errors import NodeError
from vibes.domain.ids import NodeId
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.prompting.lora_card import LoraCard
from vibes.ports.clock import Clock
from vibes.ports.nodes import TellsOfLoras
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.media.data_uri import NoDataUri, bytes_of
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.image_codec import BrokenPicture, look_at

logger = logging.getLogger(__name__)

FRESH_SECONDS = 600.0
"""A file's card is asked for again after that: somebody may have put another file into its place."""
AGAIN_SECONDS = 30.0
"""A node that did not answer is asked again after that, for people."""
AGAIN_FOR_PICTURE_SECONDS = 300.0
"""The same for a picture, since each one would wait for it."""
PICTURE_PATIENCE_SECONDS = 2.0
"""For which a picture waits for the hashes of its LoRAs; it is stored without those that did not come."""
AT_ONCE = 4
"""Files that people's questions ask about at a time."""
MOST_CARDS = 5_000
_NOTHING = LoraCard()


@dataclass(frozen=True, slots=True)
class _Read:
    card: LoraCard | None
    """What the node told last; None: nothing ever."""
    at: float
    answered: bool
    """False: it did not answer this time."""


class LoraCards:
    def __init__(self, decoding: DecodingPool, clock: Clock) -> None:
        self._decoding = decoding
        self._clock = clock
        self._read: dict[tuple[NodeId, str], _Read] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self.changes = 0
        """Counts what was learned."""

    def known(self, name: str, nodes: Collection[NodeId]) -> LoraCard | None:
        """Without asking anybody; None: none of these nodes has told it yet. Thumbnails are small JPEGs of the hub's
        own making."""
        return next((read.card for node in sorted(nodes) if (read := self._read.get((node, name))) and read.card), None)

    async def ask(self, name: str, nodes: Mapping[NodeId, object]) -> None:
        """One of these nodes after the other until one has told; whoever has lately is not asked again."""
        async with self._turns:
            for node_id in sorted(nodes):
                client = nodes[node_id]
                if not isinstance(client, TellsOfLoras):
                    continue
                if (await self._fresh(node_id, client, name, AGAIN_SECONDS)).card is not None:
                    return

    async def hashes(self, watch: WatchedNode, spec: GenerationSpec) -> Mapping[str, str]:
        """SHA-256 of the tensors by the LoRA's name, as the node that drew with them tells it. Raises no NodeError, and
        waits `PICTURE_PATIENCE_SECONDS` at most."""
        client, found = watch.client, dict[str, str]()
        if not isinstance(client, TellsOfLoras):
            return found
        try:
            async with asyncio.timeout(PICTURE_PATIENCE_SECONDS):
                for lora in spec.drawn_loras:
                    read = await self._fresh(watch.config.id, client, lora.name, AGAIN_FOR_PICTURE_SECONDS)
                    if read.card is not None and read.card.hash:
                        found[lora.name] = read.card.hash
        except TimeoutError:
            logger.info("%s does not tell of its LoRAs in time", watch.config.id)
        return found

    async def _fresh(self, node_id: NodeId, client: TellsOfLoras, name: str, again: float) -> _Read:
        read = self._read.get((node_id, name))
        if read is None or read.at + (FRESH_SECONDS if read.answered else again) < self._clock.monotonic():
            read = await self._read_anew(node_id, client, name, read)
        return read

    async def _read_anew(self, node_id: NodeId, client: TellsOfLoras, name: str, before: _Read | None) -> _Read:
        read = _Read(before.card if before else None, self._clock.monotonic(), answered=False)
        try:
            card = await self._with_thumbnail(await client.lora_card(name) or _NOTHING)
            read = _Read(card, self._clock.monotonic(), answered=True)
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
        self.changes += 1

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
