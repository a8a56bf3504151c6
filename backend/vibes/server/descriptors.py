"""How many files and sockets this process may have open, and how many of them connections may take."""

import sys

WANTED = 16_384
LEAST_RESERVE = 384
"""Kept for the database, pictures, watchers of files, and some sockets to each of a hundred nodes."""
MOST_CONNECTIONS = 4_096
FEWEST_CONNECTIONS = 64


def raise_descriptor_limit() -> int:
    """Lift the soft limit as far as it is needed and the hard one allows; answers the limit in force."""
    if sys.platform == "win32":
        return WANTED  # there is no such limit
    import resource  # noqa: PLC0415 - there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return WANTED if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # some systems have a lower limit that they do not tell
        return soft
    return wanted


def connections_within(descriptors: int) -> int:
    """A quarter is kept in reserve, so that no crowd of connections takes the descriptors that the hub works with."""
    reserve = max(LEAST_RESERVE, descriptors // 4)
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, descriptors - reserve))
