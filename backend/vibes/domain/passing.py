"""Which faults of the machine pass by themselves, so that what met them is tried again and nobody is to blame."""

import errno

from vibes.domain.errors import StorageUnavailable

_PASSING = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EAGAIN, errno.EINTR, errno.EBUSY}
)
"""No more open files, no memory, no room on the disk, busy."""


def passes(error: BaseException) -> bool:
    """Whether the machine, or the database on it, lacks something that it may have again in a moment."""
    return isinstance(error, StorageUnavailable) or (isinstance(error, OSError) and error.errno in _PASSING)
