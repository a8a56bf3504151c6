"""How many files and sockets this process may open, and how many of them connections may use."""

import sys

WANTED = 16_384
LEAST_RESERVE = 384
"""Descriptors reserved for the database, pictures, file watchers, and some sockets for each of a hundred nodes."""
MOST_CONNECTIONS = 4_096
FEWEST_CONNECTIONS = 64


def raise_descriptor_limit() -> int:
    """Raise the soft limit as far as needed and allowed by the hard limit; answers the limit in force."""
    if sys.platform == "win32":
        return WANTED  # this system has no such limit
    import resource  # noqa: PLC0415 - does not exist on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return WANTED if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # some systems have a lower limit that they do not report
        return soft
    return wanted


def connections_within(descriptors: int) -> int:
    """Most connections: a quarter is reserved, so that the hub itself never runs out of descriptors."""
    reserve = max(LEAST_RESERVE, descriptors // 4)
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, descriptors - reserve))
