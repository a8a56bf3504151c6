"""A node that is told to do something only while this hub may: a hub that was stopped and is woken after another has
taken over must disturb nothing of what that one has on its nodes."""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from vibes.domain.attempt import Wire
from vibes.domain.errors import NodeUnreachable
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.introduction import Introduction, NotReached
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig, NodeVitals
from vibes.domain.nodes.outcome import OutputFile, Whereabouts
from vibes.domain.prompting.lora_card import LoraCard
from vibes.ports.nodes import (
    GeneratorNode,
    GeneratorNodeFactory,
    IntroducesItself,
    TellsOfClasses,
    TellsOfLoras,
    TellsOfModels,
)
from vibes.ports.orders import InputImage, Order, Outline
from vibes.replicas.mandate import Mandate


def led(factory: GeneratorNodeFactory, mandate: Mandate) -> GeneratorNodeFactory:
    """Nodes of the factory that refuse commands once the mandate is over; questions are always asked."""

    def make(config: NodeConfig) -> GeneratorNode:
        node = factory(config)
        asked: object = node
        if isinstance(node, TellsOfLoras) and isinstance(asked, IntroducesItself):
            return _IntroducingLedNode(node, mandate, node, asked)
        return _TellingLedNode(node, mandate, node) if isinstance(node, TellsOfLoras) else _LedNode(node, mandate)

    return make


class _LedNode:
    def __init__(self, node: GeneratorNode, mandate: Mandate) -> None:
        self._node = node
        self._mandate = mandate

    @property
    def charges(self) -> bool:
        return self._node.charges

    async def check(self) -> NodeVitals:
        return await self._node.check()

    async def discover(self) -> NodeInventory:
        return await self._node.discover()

    def has(self, image: InputImage) -> bool:
        return self._node.has(image)

    async def bring(self, image: InputImage) -> None:
        self._require_mandate()
        await self._node.bring(image)

    def forget_images(self) -> None:
        self._node.forget_images()

    def prepare(self, attempt_id: AttemptId, order: Order) -> Wire:
        return self._node.prepare(attempt_id, order)

    def outline(self, sent: Wire) -> Outline:
        return self._node.outline(sent)

    async def submit(self, attempt_id: AttemptId, sent: Wire) -> float | None:
        self._require_mandate()
        return await self._node.submit(attempt_id, sent)

    async def rehearse(self) -> None:
        self._require_mandate()
        await self._node.rehearse()

    async def find(self, attempt_id: AttemptId, sent: Wire | None = None, *, ended: bool = False) -> Whereabouts:
        return await self._node.find(attempt_id, sent, ended=ended)

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        return await self._node.fetch(output, sent)

    async def cancel(self, attempt_id: AttemptId) -> None:
        self._require_mandate()
        await self._node.cancel(attempt_id)

    async def take_back(self, attempt_id: AttemptId) -> bool:
        self._require_mandate()
        return await self._node.take_back(attempt_id)

    async def free(self) -> None:
        self._require_mandate()
        await self._node.free()

    def events(self) -> AsyncIterator[NodeEvent]:
        return self._node.events()

    async def close(self) -> None:
        await self._node.close()

    def _require_mandate(self) -> None:
        if not self._mandate():
            raise NodeUnreachable("another hub may lead by now: this one tells nodes nothing any more")


class _TellingLedNode(_LedNode):
    def __init__(self, node: GeneratorNode, mandate: Mandate, tells: TellsOfLoras) -> None:
        super().__init__(node, mandate)
        self._tells = tells

    async def lora_card(self, name: str) -> LoraCard | None:
        return await self._tells.lora_card(name)

    async def model_card(self, name: str) -> LoraCard | None:
        asked: object = self._node
        return await asked.model_card(name) if isinstance(asked, TellsOfModels) else None

    async def declarations(self, classes: Collection[str]) -> Mapping[str, Any]:
        asked: object = self._node
        return await asked.declarations(classes) if isinstance(asked, TellsOfClasses) else {}


class _IntroducingLedNode(_TellingLedNode):
    def __init__(self, node: GeneratorNode, mandate: Mandate, tells: TellsOfLoras, asked: IntroducesItself) -> None:
        super().__init__(node, mandate, tells)
        self._asked = asked

    async def introduce(self) -> Introduction | NotReached:
        return await self._asked.introduce()
