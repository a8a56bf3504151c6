"""The addresses of this machine, and the private networks that it is in. Nothing is sent."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_ROUTES = Path("/proc/net/fib_trie")
_LOCAL = re.compile(r"\|-- (\d+\.\d+\.\d+\.\d+)\n\s+/32 host LOCAL")
_ANYWHERE = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): connecting a datagram socket to it sends nothing."""
NEIGHBOURS = 24
"""Length of the prefix of what counts as one's own network: 254 machines."""
PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))


def own_addresses() -> tuple[ipaddress.IPv4Address, ...]:
    """IPv4 alone, loopback included, sorted."""
    try:
        found = _LOCAL.findall(_ROUTES.read_text(encoding="ascii"))
    except OSError:  # not Linux
        found = [*_by_name(), *_towards_outside(), "127.0.0.1"]
    return tuple(sorted({ipaddress.IPv4Address(each) for each in found}))


def own_networks(addresses: Iterable[ipaddress.IPv4Address]) -> tuple[ipaddress.IPv4Network, ...]:
    """The /24 around each address of a private network (RFC 1918); sorted."""
    around = {
        ipaddress.IPv4Network((address, NEIGHBOURS), strict=False)
        for address in addresses
        if any(address in each for each in PRIVATE)
    }
    return tuple(sorted(around))


def in_container() -> bool:
    return any(mark.exists() for mark in _CONTAINER_MARKS)


def _by_name() -> list[str]:
    with suppress(OSError):
        return [str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return []


def _towards_outside() -> list[str]:
    """The address that is used for the way out."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outwards:
        outwards.connect(_ANYWHERE)
        return [str(outwards.getsockname()[0])]
    return []
