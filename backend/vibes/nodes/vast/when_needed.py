"""Loads what rents once there is something to rent, or something that was rented: a hub without that is spared it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vibes.domain.ids import NodeId
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.rental import Rental
from vibes.ports.kinds import HubTraits
from vibes.ports.nodes import GeneratorNode
from vibes.ports.rentals import NO_DEMAND, Demand, DemandSource

if TYPE_CHECKING:
    from vibes.nodes.vast.rentals import VastRentals

_SHOWN = timedelta(days=30)


class RentalsWhenNeeded:
    """Implements ``Rentals``, and makes the nodes of the kind."""

    def __init__(self, hub: HubTraits) -> None:
        self._hub = hub
        self._demand: DemandSource = lambda _, __: NO_DEMAND
        self._rentals: VastRentals | None = None
        self._needed = asyncio.Event()

    def __call__(self, config: NodeConfig) -> GeneratorNode:
        """The driver of a node, whose options were checked."""
        from vibes.nodes.vast.node import rented_node

        return rented_node(self._hub, self._loaded(), config)

    def work_from(self, source: DemandSource) -> None:
        self._demand = source

    def listed(self) -> Sequence[Rental]:
        return () if self._rentals is None else self._rentals.listed()

    async def since(self, moment: datetime) -> Sequence[Rental]:
        hub = self._hub
        if self._rentals is None and (hub.rentals is None or not await hub.rentals.since(moment)):
            return ()
        return await self._loaded().since(moment)

    async def end(self, rental_id: str) -> bool:
        return self._rentals is not None and await self._rentals.end(rental_id)

    @property
    def problems(self) -> Sequence[str]:
        return () if self._rentals is None else self._rentals.problems

    async def run(self) -> None:
        hub = self._hub
        if hub.rentals is None or hub.clock is None or not await hub.rentals.since(hub.clock.now() - _SHOWN):
            await self._needed.wait()
        await self._loaded().run()

    async def close(self) -> None:
        if self._rentals is not None:
            await self._rentals.close()

    def _ask(self, node_id: NodeId, promised: NodeInventory | None) -> Demand:
        """Of the source that is there by now."""
        return self._demand(node_id, promised)

    def _loaded(self) -> "VastRentals":
        from vibes.nodes.vast.rentals import VastRentals

        if self._rentals is None:
            self._rentals = VastRentals(self._hub)
            self._rentals.work_from(self._ask)
            self._needed.set()
        return self._rentals
