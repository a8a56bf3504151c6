"""What LoRA files tell, and for pictures also their models': asked of the nodes that have them, and remembered."""

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace

from vibes.domain.errors import NodeError
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.prompting.lora_card import LoraCard
from vibes.ports.clock import Clock
from vibes.ports.nodes import TellsOfLoras, TellsOfModels
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.media.data_uri import NoDataUri, bytes_of
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.image_codec import BrokenPicture, look_at
from vibes.services.media.image_metadata import Hashes

logger = logging.getLogger(__name__)

FRESH_SECONDS = 600.0
"""A file's card is asked for again after that: somebody may have put another file into its place."""
AGAIN_SECONDS = 30.0
"""A node that did not answer is asked again after that, for people."""
AGAIN_FOR_PICTURE_SECONDS = 300.0
"""The same for a picture, since each one would wait for it."""
PICTURE_PATIENCE_SECONDS = 2.0
"""For which a picture waits for the hashes of its files; it is stored without those that did not come."""
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


_Ask = Callable[[str], Awaitable[LoraCard | None]]
_Key = tuple[NodeId, ModelFolder, str]
_MAIN = ModelFolder.CHECKPOINTS
"""In keys: of any main model, wherever its node keeps it."""


class LoraCards:
    def __init__(self, decoding: DecodingPool, clock: Clock) -> None:
        self._decoding = decoding
        self._clock = clock
        self._read: dict[_Key, _Read] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self.changes = 0
        """Counts what was learned."""

    def known(self, name: str, nodes: Collection[NodeId]) -> LoraCard | None:
        """Without asking anybody; None: none of these nodes has told it yet. Thumbnails are small JPEGs of the hub's
        own making."""
        told = (self._read.get((node, ModelFolder.LORAS, name)) for node in sorted(nodes))
        return next((read.card for read in told if read and read.card), None)

    async def ask(self, name: str, nodes: Mapping[NodeId, object]) -> None:
        """One of these nodes after the other until one has told; whoever has lately is not asked again."""
        async with self._turns:
            for node_id in sorted(nodes):
                client = nodes[node_id]
                if not isinstance(client, TellsOfLoras):
                    continue
                key = (node_id, ModelFolder.LORAS, name)
                if (await self._fresh(key, client.lora_card, AGAIN_SECONDS)).card is not None:
                    return

    async def hashes(self, watch: WatchedNode, spec: GenerationSpec) -> Hashes:
        """SHA-256 of the tensors of the model and of each LoRA, as the node that drew with them tells it. Raises no
        NodeError, and waits `PICTURE_PATIENCE_SECONDS` at most."""
        found, loras = "", dict[str, str]()
        try:
            async with asyncio.timeout(PICTURE_PATIENCE_SECONDS):
                found = await self._hash_of_model(watch, spec.checkpoint)
                for lora in spec.drawn_loras:
                    if told := await self._hash_of_lora(watch, lora.name):
                        loras[lora.name] = told
        except TimeoutError:
            logger.info("%s does not tell of its files in time", watch.config.id)
        return Hashes(loras, found)

    async def _hash_of_model(self, watch: WatchedNode, name: str | None) -> str:
        client: object = watch.client
        if name is None or not isinstance(client, TellsOfModels):
            return ""
        read = await self._fresh((watch.config.id, _MAIN, name), client.model_card, AGAIN_FOR_PICTURE_SECONDS)
        return read.card.hash if read.card else ""

    async def _hash_of_lora(self, watch: WatchedNode, name: str) -> str:
        client: object = watch.client
        if not isinstance(client, TellsOfLoras):
            return ""
        key = (watch.config.id, ModelFolder.LORAS, name)
        read = await self._fresh(key, client.lora_card, AGAIN_FOR_PICTURE_SECONDS)
        return read.card.hash if read.card else ""

    async def _fresh(self, key: _Key, ask: _Ask, again: float) -> _Read:
        read = self._read.get(key)
        if read is None or read.at + (FRESH_SECONDS if read.answered else again) < self._clock.monotonic():
            read = await self._read_anew(key, ask, read)
        return read

    async def _read_anew(self, key: _Key, ask: _Ask, before: _Read | None) -> _Read:
        read = _Read(before.card if before else None, self._clock.monotonic(), answered=False)
        node_id, _, name = key
        try:
            card = await self._with_thumbnail(await ask(name) or _NOTHING)
            read = _Read(card, self._clock.monotonic(), answered=True)
        except NodeError as error:
            logger.info("%s does not tell of %s: %s", node_id, name, error)
        finally:  # also where patience ran out: the next look asks another node
            self._remember(key, read)
        return read

    def _remember(self, key: _Key, read: _Read) -> None:
        self._read.pop(key, None)
        self._read[key] = read
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
