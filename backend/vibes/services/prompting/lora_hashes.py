"""Hashes of LoRA files for a picture's metadata, asked of the node that drew with them."""

import asyncio
import logging
from collections.abc import Mapping

from vibes.domain.errors import NodeError
from vibes.domain.ids import NodeId
from vibes.domain.pictures.spec import GenerationSpec
from vibes.ports.clock import Clock
from vibes.ports.nodes import TellsOfLoras
from vibes.services.fleet.watched_node import WatchedNode

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""For which a picture waits for them; it is stored without those that did not come."""
FRESH_SECONDS = 3600.0
AGAIN_SECONDS = 300.0
"""After a node did not tell."""
MOST_KEPT = 2_000


class LoraHashes:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[NodeId, str], tuple[str, float]] = {}
        """The hash, empty where there is none, and until when that is believed."""

    async def of(self, watch: WatchedNode, spec: GenerationSpec) -> Mapping[str, str]:
        """By the LoRA's name, for those whose file tells it. Never raises NodeError."""
        client = watch.client
        if spec.loras and isinstance(client, TellsOfLoras):
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    for lora in spec.loras:
                        await self._ask(watch.config.id, client, lora.name)
            except TimeoutError:
                logger.info("%s does not tell of its LoRAs in time", watch.config.id)
        found = {lora.name: self._known.get((watch.config.id, lora.name), ("", 0.0))[0] for lora in spec.loras}
        return {name: digits for name, digits in found.items() if digits}

    async def _ask(self, node_id: NodeId, client: TellsOfLoras, name: str) -> None:
        now = self._clock.monotonic()
        digits, until = self._known.get((node_id, name), ("", now))
        if until > now:
            return
        fresh = AGAIN_SECONDS
        self._known[node_id, name] = digits, now + fresh  # also where patience ends meanwhile
        try:
            card = await client.lora_card(name)
            digits, fresh = (card.hash if card else ""), FRESH_SECONDS
        except NodeError as error:
            logger.info("%s does not tell of %s: %s", node_id, name, error)
        self._known[node_id, name] = digits, now + fresh
        while len(self._known) > MOST_KEPT:
            del self._known[next(iter(self._known))]
