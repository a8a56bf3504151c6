"""Which addresses count as one caller, which are this machine alone, and which lie in named networks."""

import ipaddress
from collections.abc import Iterable


def network_of(host: str) -> str:
    """The /64 of an IPv6 address, since one subscriber has 2^64 addresses; other hosts as they are."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant by it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Networks:
    """``host in networks``: whether it is one of the addresses, or lies in one of the networks (10.0.0.0/8)."""

    def __init__(self, named: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(each) for each in named]

    def __contains__(self, host: object) -> bool:
        try:
            address = ipaddress.ip_address(str(host).partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)
