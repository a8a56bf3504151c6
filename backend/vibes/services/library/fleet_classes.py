"""What the machines tell of graph-node classes, asked when somebody imports a workflow: they have thousands."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any

from vibes.domain.errors import NodeError
from vibes.ports.nodes import TellsOfClasses
from vibes.workflows.meaning.schema import Schema, read_schema

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0
"""What a machine has not told by then is not waited for: an import goes on with what is known."""


class FleetClasses:
    def __init__(self, nodes: Callable[[], Iterable[object]]) -> None:
        """``nodes``: those that have answered since the hub started, in the order of ``gpus.yaml``."""
        self._nodes = nodes

    async def schema(self, classes: Collection[str]) -> Schema:
        """Of these classes those that a machine has which answers; empty where none does.

        Where machines tell different things of a class, the first one counts.
        """
        asked = [each for each in self._nodes() if isinstance(each, TellsOfClasses)] if classes else []
        answers = await asyncio.gather(*(self._ask(each, classes) for each in asked))
        told: dict[str, Any] = {}
        for answer in reversed(answers):
            told |= answer
        return read_schema(told)

    async def _ask(self, node: TellsOfClasses, classes: Collection[str]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return {**await node.declarations(classes)}
        except (NodeError, TimeoutError) as error:
            logger.info("a machine does not tell of its graph-node classes: %s", error)
            return {}
