"""Whose an address is."""

import ipaddress


def network_of(host: str) -> str:
    """What counts as one caller: an IPv6 subscriber has 2^64 addresses. What is no address stands for itself."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
