"""A ComfyUI that is there while it is rented: the ordinary adapter behind the bearer of the instance."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid5

from vibes.domain.attempt import Wire
from vibes.domain.chance import random_uuid
from vibes.domain.errors import NodeAway, NodeError
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig, NodeTls, NodeVitals
from vibes.domain.nodes.outcome import Absent, OutputFile, Whereabouts
from vibes.domain.reason import Reason, ReasonCode
from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.launch import HEARTBEAT
from vibes.generators.vastai.office import Home
from vibes.generators.vastai.standing import Stage, Standing
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.nodes.comfyui.transport.http import HttpLimits
from vibes.nodes.comfyui.transport.tls import tls_problem
from vibes.nodes.vast.pinning import pinned
from vibes.nodes.vast.rentals import NO_KEY, VastRentals
from vibes.ports.kinds import HubTraits
from vibes.ports.orders import InputImage, Order, Outline

_log = logging.getLogger(__name__)

BEATS = 4
"""Heartbeats within the silence after which an instance destroys itself."""
_A_HEARTBEAT = b"the hub was here"


class RentedNode:
    """Implements the port ``GeneratorNode``. Without a machine everything but looking raises NodeAway."""

    def __init__(
        self,
        config: NodeConfig,
        options: VastConfig,
        rentals: VastRentals,
        comfyui: Callable[[NodeConfig], ComfyUINode],
        folder: Path,
    ) -> None:
        """``folder``: of its own, for the certificate of the instance."""
        self._config = config
        self._options = options
        self._comfyui = comfyui
        self._folder = folder
        self._entered = rentals.enter(config, options) if config.enabled else None
        self._home: Home | None = None
        self._there: ComfyUINode | None = None
        self._moving = asyncio.Lock()
        self._moved = asyncio.Event()
        self._beat_at: float | None = None

    @property
    def charges(self) -> bool:
        """The machine is paid for by the hour, whatever it draws: an order that it lost may be repeated."""
        return False

    async def check(self) -> NodeVitals:
        comfyui, home = await self._at_home()
        try:
            vitals = await comfyui.check()
        except NodeError as error:
            if not self._works() and tls_problem(error) is not None:
                async with self._moving:  # a machine that boots may make itself another certificate
                    await self._move_out()
            raise self._not_there_yet(error) from error
        if self._entered is not None:
            office, lease = self._entered
            office.answered(lease, home.rental_id)
        await self._beat(comfyui)
        return vitals

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
        """What was sent to a machine that is given back is nowhere."""
        if self._gave_back():
            return Absent()
        return await self._needed().find(attempt_id, sent, ended=ended)

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        return await self._needed().fetch(output, sent)

    async def cancel(self, attempt_id: AttemptId) -> None:
        if not self._gave_back():
            await self._needed().cancel(attempt_id)

    async def take_back(self, attempt_id: AttemptId) -> bool:
        return self._gave_back() or await self._needed().take_back(attempt_id)

    async def free(self) -> None:
        await self._needed().free()

    async def events(self) -> AsyncIterator[NodeEvent]:
        """Of one machine after the other."""
        while True:
            self._moved.clear()
            if self._there is not None:
                async for event in self._there.events():
                    yield event
            await self._moved.wait()

    async def close(self) -> None:
        """Nobody wants it any more: what is rented ends."""
        if self._entered is not None:
            office, lease = self._entered
            office.leave(lease)
        async with self._moving:
            await self._move_out()

    async def _at_home(self) -> tuple[ComfyUINode, Home]:
        """The adapter of the machine that is rented now, made anew for another one; NodeAway without one."""
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

    async def _config_of(self, home: Home) -> NodeConfig:
        tls = NodeTls()
        if self._options.https:
            try:
                tls = await pinned(home.host, home.port, self._folder / "instance.pem")
            except NodeError as error:
                raise self._not_there_yet(error) from error
        return replace(
            self._config,
            host=home.host,
            port=home.port,
            scheme="https" if self._options.https else "http",
            headers={"Authorization": f"Bearer {home.password}"},
            tls=tls,
        )

    async def _move_out(self) -> None:
        there, self._there, self._home, self._beat_at = self._there, None, None, None
        if there is not None:
            await there.close()

    async def _beat(self, comfyui: ComfyUINode) -> None:
        """Tell the instance that the hub is alive; one that misses it several times destroys itself."""
        now = asyncio.get_running_loop().time()
        if self._beat_at is not None and now - self._beat_at < 60 * self._options.dead_man_minutes / BEATS:
            return
        try:
            await comfyui.upload(HEARTBEAT, _A_HEARTBEAT)
        except NodeError as error:
            _log.warning("%s could not be told that the hub is alive: %s", self._config.id, error)
            return
        self._beat_at = now

    def _current_home(self) -> Home | None:
        if self._entered is None:
            return None
        office, lease = self._entered
        return office.home(lease)

    def _gave_back(self) -> bool:
        if self._entered is None:
            return True
        office, lease = self._entered
        return office.rented(lease) is None

    def _needed(self) -> ComfyUINode:
        if self._there is None:
            raise self._away()
        return self._there

    def _not_there_yet(self, error: NodeError) -> NodeError:
        """What does not answer before it has answered once is on its way."""
        return error if self._works() else self._away()

    def _works(self) -> bool:
        """Whether the machine that is rented now has answered before."""
        if self._entered is None:
            return False
        office, lease = self._entered
        return office.answered_at(lease) is not None

    def _away(self) -> NodeAway:
        if self._entered is None:
            return NodeAway(Reason(ReasonCode.NOT_RENTED, f"rents nothing: {NO_KEY}"))
        office, lease = self._entered
        return NodeAway(_reason_of(office.standing(lease)))


def _reason_of(standing: Standing) -> Reason:
    comes = standing.stage is Stage.RENTING
    return Reason(ReasonCode.RENTING if comes else ReasonCode.NOT_RENTED, standing.words)


def rented_node(hub: HubTraits, rentals: VastRentals, config: NodeConfig) -> RentedNode:
    """The driver of a node whose options were checked."""
    if hub.state_folder is None:
        raise ValueError("a hub that rents machines must have a folder for their certificates")
    return RentedNode(
        config,
        VastConfig.model_validate(dict(config.options)),
        rentals,
        partial(_comfyui, hub),
        hub.state_folder / config.id,
    )


def _comfyui(hub: HubTraits, config: NodeConfig) -> ComfyUINode:
    limits = HttpLimits(check_seconds=hub.answer_seconds / 3, answer_seconds=hub.answer_seconds)
    return ComfyUINode(config, client_id=str(uuid5(hub.hub_id or random_uuid(), config.id)), limits=limits)
