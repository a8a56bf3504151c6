"""Which addresses may be asked: those of private networks and of this machine, a few hundred at a time. Pure."""

import ipaddress
from collections.abc import Sequence

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.nodes.machines import Place
from vibes.environment.machine.networks import NEIGHBOURS, PRIVATE

USUAL_PORTS = (8188, 8189, 8000)
"""ComfyUI's own, the next one, and that of ComfyUI Desktop."""
MOST_RANGES, MOST_PORTS = 4, 8
_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
_EXAMPLE = "192.168.0.0/24"


def places_in(ranges: Sequence[str], ports: Sequence[int]) -> list[Place]:
    """Every port of every address, the first port of all before the next. Raises InvalidRequest for what is not
    private, larger than a /24, or too much."""
    if not 1 <= len(ranges) <= MOST_RANGES:
        raise _refusal("ranges", f"name one to {MOST_RANGES} networks such as {_EXAMPLE}")
    if not 1 <= len(set(ports)) <= MOST_PORTS:
        raise _refusal("ports", f"name one to {MOST_PORTS} ports")
    hosts = [str(host) for each in dict.fromkeys(map(network_of, ranges)) for host in each.hosts()]
    return [Place(host, port) for port in dict.fromkeys(ports) for host in dict.fromkeys(hosts)]


def network_of(text: str) -> ipaddress.IPv4Network:
    """``192.168.0.0/24``, also written as any address in it with the length; an address alone is itself."""
    try:
        network = ipaddress.IPv4Network(text.strip(), strict=False)
    except ValueError:
        raise _refusal("ranges", f"{text[:60]!r} is no network of IPv4; write one such as {_EXAMPLE}") from None
    if not any(network.subnet_of(each) for each in (*PRIVATE, _LOOPBACK)):
        ranges = ", ".join(map(str, PRIVATE))
        raise _refusal("ranges", f"{network} is no private network: only {ranges} and 127.0.0.0/8 are ever asked")
    if network.prefixlen < NEIGHBOURS:
        raise _refusal(
            "ranges", f"{network} has too many addresses: at most a /{NEIGHBOURS} at a time, such as {_EXAMPLE}"
        )
    return network


def _refusal(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, code="bad_range", problems=[Problem(field, message)])
