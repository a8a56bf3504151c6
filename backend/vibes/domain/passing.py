"""Which faults of this machine are temporary, so that the operation is tried again and blamed on nobody."""

import errno

from vibes.domain.errors import StorageUnavailable

_PASSING = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EAGAIN, errno.EINTR, errno.EBUSY}
)
"""Too many open files, no memory, disk full, busy."""


def unexpected(error: BaseException) -> BaseException | None:
    """For a log: what is told with the place where it happened; None for what `passes`."""
    return None if passes(error) else error


def passes(error: BaseException) -> bool:
    """Whether the machine, or the database on it, lacks a resource that may be free again soon."""
    return isinstance(error, StorageUnavailable) or (isinstance(error, OSError) and error.errno in _PASSING)
