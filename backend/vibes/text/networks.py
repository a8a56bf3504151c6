"""Which addresses count as one caller."""

import ipaddress


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
