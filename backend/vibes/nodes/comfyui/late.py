"""A ComfyUI whose address appears later and may change: the ordinary adapter of wherever it is now."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Any, Generic, TypeVar
from uuid import uuid5

from vibes.domain.attempt import Wire
from vibes.domain.chance import random_uuid
from vibes.domain.errors import NodeAway
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.nodes.outcome import Absent, OutputFile, TurnedDown, Whereabouts
from vibes.domain.prompting.lora_card import LoraCard
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.nodes.comfyui.transport.http import HttpLimits
from vibes.ports.kinds import HubTraits
from vibes.ports.orders import InputImage, Order, Outline

Home = TypeVar("Home")


class LateComfyUI(ABC, Generic[Home]):
    """Implements the port ``GeneratorNode`` but for `check`. Without a home everything but looking raises NodeAway."""

    def __init__(self, comfyui: Callable[[NodeConfig], ComfyUINode]) -> None:
        self._comfyui = comfyui
        self._home: Home | None = None
        self._there: ComfyUINode | None = None
        self._moving = asyncio.Lock()
        self._moved = asyncio.Event()

    @abstractmethod
    def _current_home(self) -> Home | None:
        """Where it is now."""

    @abstractmethod
    async def _config_of(self, home: Home) -> NodeConfig:
        """With the address there."""

    @abstractmethod
    def _away(self) -> NodeAway:
        """Why it is nowhere."""

    @abstractmethod
    def _vanished(self) -> bool:
        """Whether what was sent is nowhere, because what it was sent to is no more."""

    def _gone(self) -> Absent | TurnedDown:
        """What became of an order that went there."""
        return Absent()

    @property
    def charges(self) -> bool:
        """An order that it lost may be repeated, even where the machine is paid for by the hour."""
        return False

    async def discover(self) -> NodeInventory:
        return await self._needed().discover()

    def has(self, image: InputImage) -> bool:
        return self._there is not None and self._there.has(image)

    async def bring(self, image: InputImage) -> None:
        await self._needed().bring(image)

    def forget_images(self) -> None:
        if self._there is not None:
            self._there.forget_images()

    def prepare(self, attempt_id: AttemptId, order: Order) -> Wire:
        return self._needed().prepare(attempt_id, order)

    def outline(self, sent: Wire) -> Outline:
        return GraphsForNode().outline(sent) if self._there is None else self._there.outline(sent)

    async def submit(self, attempt_id: AttemptId, sent: Wire) -> float | None:
        return await self._needed().submit(attempt_id, sent)

    async def rehearse(self) -> None:
        await self._needed().rehearse()

    async def find(self, attempt_id: AttemptId, sent: Wire | None = None, *, ended: bool = False) -> Whereabouts:
        if self._vanished():
            return self._gone()
        return await self._needed().find(attempt_id, sent, ended=ended)

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        return await self._needed().fetch(output, sent)

    async def cancel(self, attempt_id: AttemptId) -> None:
        if not self._vanished():
            await self._needed().cancel(attempt_id)

    async def take_back(self, attempt_id: AttemptId) -> bool:
        return self._vanished() or await self._needed().take_back(attempt_id)

    async def free(self) -> None:
        await self._needed().free()

    async def lora_card(self, name: str) -> LoraCard | None:
        return await self._needed().lora_card(name)

    async def model_card(self, name: str) -> LoraCard | None:
        return await self._needed().model_card(name)

    async def declarations(self, classes: Collection[str]) -> Mapping[str, Any]:
        return await self._needed().declarations(classes)

    async def events(self) -> AsyncIterator[NodeEvent]:
        """Of one home after the other."""
        while True:
            self._moved.clear()
            if self._there is not None:
                async for event in self._there.events():
                    yield event
            await self._moved.wait()

    async def close(self) -> None:
        async with self._moving:
            await self._move_out()

    async def _at_home(self) -> tuple[ComfyUINode, Home]:
        """The adapter of where it is now, made anew for another home; NodeAway without one."""
        async with self._moving:
            home = self._current_home()
            if home is None or home != self._home:
                await self._move_out()
            if home is None:
                raise self._away()
            if self._there is None:
                self._there = self._comfyui(await self._config_of(home))
                self._home = home
                self._moved.set()
            return self._there, home

    async def _move_out(self) -> None:
        there, self._there, self._home = self._there, None, None
        if there is not None:
            await there.close()

    def _needed(self) -> ComfyUINode:
        if self._there is None:
            raise self._away()
        return self._there


def comfyui_of(hub: HubTraits, config: NodeConfig) -> ComfyUINode:
    """The ordinary adapter, known to its ComfyUI as this hub each time it is made."""
    return ComfyUINode(config, client_id=str(uuid5(hub.hub_id or random_uuid(), config.id)), limits=limits_of(hub))


def limits_of(hub: HubTraits) -> HttpLimits:
    """A health check may take a third of the time of other answers."""
    return HttpLimits(check_seconds=hub.answer_seconds / 3, answer_seconds=hub.answer_seconds)
