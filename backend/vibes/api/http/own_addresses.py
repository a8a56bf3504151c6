"""The addresses by which other devices reach the hub."""

import ipaddress
import socket
from collections.abc import Sequence

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - they are compared with, not listened on
_OF_NETWORKS = ("192.0.2.1", "192.168.255.254", "10.255.255.254", "172.31.255.254")
"""One of the internet (RFC 5737) and one of each kind of private network (RFC 1918). Nothing is sent to them: the
system only tells which of its own addresses it would send from."""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable_hosts(host: str) -> Sequence[str]:
    """Those under which a hub that listens on ``host`` is reached from elsewhere, the usual one first; none for a
    loopback address."""
    if host in _EVERYWHERE:
        return list(dict.fromkeys(each for each in map(_own_address_towards, _OF_NETWORKS) if each))
    return [] if is_loopback(host) else [host]


def _own_address_towards(address: str) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return None  # there is no way to such a network
        own: str = probe.getsockname()[0]
    return None if is_loopback(own) else own
