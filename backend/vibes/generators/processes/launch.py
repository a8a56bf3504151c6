"""Becomes the command that it is given, as a process that ends when the hub does, however that ends.

Run by its path, with nothing but the standard library: ``python launch.py PARENT COMMAND …``. A function that is
called between fork and exec would do the same, but may hang in a process with threads. Only Linux has such an order to
the kernel; elsewhere the process itself must notice.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def become(parent: int, command: list[str]) -> None:
    """Returns only where the parent has died meanwhile."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it was asked for
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is started in the background of a shell ignores it
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execv(command[0], command)


if __name__ == "__main__":
    try:
        become(int(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        sys.exit(f"{sys.argv[2]} cannot be run: {error.strerror}")
