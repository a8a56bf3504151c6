"""Which machines a fleet has already: by address, whatever name it is written down under."""

import asyncio
import socket
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from vibes.domain.ids import NodeId
from vibes.domain.nodes.machines import Place
from vibes.domain.nodes.node import NodeConfig

_NAME_SECONDS = 2.0


class KnownMachines:
    def __init__(self, by_place: Mapping[Place, NodeId], own: Collection[str]) -> None:
        """``own``: the addresses of this machine, any of which is the same place."""
        self._own = frozenset(own)
        self._by_place = {self.usual(place): node_id for place, node_id in by_place.items()}

    def of(self, place: Place) -> NodeId | None:
        """The node that is this machine; None for a new one."""
        return self._by_place.get(self.usual(place))

    def usual(self, place: Place) -> Place:
        """The same for all addresses of this machine."""
        return Place("127.0.0.1", place.port) if place.host in self._own else place


async def known_machines(fleet: Sequence[NodeConfig], own: Collection[str]) -> KnownMachines:
    """Names are resolved; one that is not within two seconds counts as another machine."""
    placed = [(each, each.host, each.port) for each in fleet]
    found = [(each.id, host, port) for each, host, port in placed if host is not None and port is not None]
    addresses = await asyncio.gather(*(_addresses(host) for _, host, _ in found))
    return KnownMachines(
        {
            Place(address, port): node_id
            for (node_id, _, port), of_host in zip(found, addresses, strict=True)
            for address in of_host
        },
        own,
    )


async def _addresses(host: str) -> Collection[str]:
    if host == "localhost":
        return ["127.0.0.1"]
    with suppress(OSError, UnicodeError):
        async with asyncio.timeout(_NAME_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
            return {str(each[4][0]) for each in found}
    return [host]
