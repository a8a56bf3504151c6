"""A ComfyUI that is there while it is rented: the ordinary adapter behind the bearer of the instance."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path

from vibes.domain.cost import NodeCost
from vibes.domain.errors import NodeAway, NodeError
from vibes.domain.money import PER_USD, MicroUsd
from vibes.domain.nodes.node import Closed, NodeConfig, NodeTls, NodeVitals
from vibes.domain.nodes.outcome import TurnedDown
from vibes.domain.reason import Reason, ReasonCode
from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.launch import HEARTBEAT
from vibes.generators.vastai.office import Home
from vibes.generators.vastai.standing import Stage, Standing
from vibes.nodes.comfyui.late import LateComfyUI, comfyui_of
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui.transport.tls import tls_problem
from vibes.nodes.vast.pinning import pinned
from vibes.nodes.vast.rentals import NO_KEY, VastRentals
from vibes.ports.kinds import HubTraits

_log = logging.getLogger(__name__)

BEATS = 4
"""Heartbeats within the silence after which an instance destroys itself."""
_CLOSED_SECONDS = 60.0
"""Longest time until a health check has noticed that a machine was given back."""
_A_HEARTBEAT = b"the hub was here"


class RentedNode(LateComfyUI[Home]):
    """What is paid for is the machine by the hour, whatever it draws."""

    def __init__(
        self,
        config: NodeConfig,
        options: VastConfig,
        rentals: VastRentals,
        comfyui: Callable[[NodeConfig], ComfyUINode],
        folder: Path,
    ) -> None:
        """``folder``: of its own, for the certificate of the instance."""
        super().__init__(comfyui)
        self._config = config
        self._options = options
        self._folder = folder
        self._entered = rentals.enter(config, options) if config.enabled else None
        self._beat_at: float | None = None

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
            vitals = replace(vitals, cost=hourly_cost(office.hourly_usd(lease)))
        await self._beat(comfyui)
        return vitals

    async def close(self) -> None:
        """Nobody wants it any more: what is rented ends."""
        if self._entered is not None:
            office, lease = self._entered
            office.leave(lease)
        await super().close()

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
        self._beat_at = None
        await super()._move_out()

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

    def _vanished(self) -> bool:
        if self._entered is None:
            return True
        office, lease = self._entered
        return office.rented(lease) is None

    def _gone(self) -> TurnedDown:
        """No order is to blame for the end of a rental, and none is sent before the next machine has answered."""
        reason = self._away().reason
        return TurnedDown(message=f"it was lost with its machine: {reason}", closed=Closed(reason, _CLOSED_SECONDS))

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


def hourly_cost(usd: float | None) -> NodeCost | None:
    return None if usd is None else NodeCost(per_hour=MicroUsd(ceil(usd * PER_USD)))


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
        partial(comfyui_of, hub),
        hub.state_folder / config.id,
    )
