"""Gathers the facts about nodes: each is asked who it is, many at a time; one that is not where it should be is looked
for at the usual ports of its host."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from vibes.domain.errors import NodeError
from vibes.domain.nodes.introduction import NotReached, Unreached
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.machines import Place
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.nodes.status import NodeStatus
from vibes.ports.clock import Clock
from vibes.ports.machines import LookFor
from vibes.ports.nodes import GeneratorNode, IntroducesItself
from vibes.services.doctor.model_files import NodeFiles
from vibes.services.doctor.nodes import NodeFacts

USUAL_PORTS = (8188, 8189, 8000)
"""ComfyUI's own, the next one, and that of ComfyUI Desktop."""
_AT_ONCE = 32
_LOOKING_SECONDS = 4.0
_MISPLACED = frozenset({Unreached.REFUSED, Unreached.OTHER_PROGRAM})


@dataclass(frozen=True, slots=True)
class Asked:
    config: NodeConfig
    client: GeneratorNode | None
    """None: it is not asked."""
    status: NodeStatus | None = None
    """As a running hub knows it."""


async def ask_nodes(nodes: Sequence[Asked], look_for: LookFor, clock: Clock) -> list[NodeFacts]:
    """In their order."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def ask(node: Asked) -> NodeFacts:
        async with turn:
            return await _ask(node, look_for, clock)

    return list(await asyncio.gather(*map(ask, nodes)))


async def _ask(node: Asked, look_for: LookFor, clock: Clock) -> NodeFacts:
    facts = NodeFacts(config=node.config, status=node.status)
    client: object = node.client
    if not node.config.enabled or not isinstance(client, IntroducesItself):
        return facts
    began = clock.now()
    said = await client.introduce()
    facts = replace(facts, said=said, asked_at=began + (clock.now() - began) / 2)
    if isinstance(said, NotReached) and said.cause in _MISPLACED:
        return replace(facts, other_ports=await _other_ports(node.config, look_for))
    return facts


async def _other_ports(config: NodeConfig, look_for: LookFor) -> tuple[int, ...]:
    if config.host is None or config.scheme != "http" or config.path_prefix:
        return ()
    places = [Place(config.host, port) for port in USUAL_PORTS if port != config.port]
    return tuple(each.place.port for each in (await look_for(places, _LOOKING_SECONDS)).found)


async def ask_for_files(nodes: Sequence[Asked]) -> list[NodeFiles]:
    """What each has; None for one that does not tell."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def ask(node: Asked) -> NodeFiles:
        async with turn:
            return NodeFiles(node.config, await _inventory(node))

    return list(await asyncio.gather(*map(ask, nodes)))


async def _inventory(node: Asked) -> NodeInventory | None:
    if node.client is None or not node.config.enabled:
        return None
    with suppress(NodeError):
        return await node.client.discover()
    return None
