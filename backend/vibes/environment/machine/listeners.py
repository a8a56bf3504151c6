"""Which program listens at a port of this machine, where /proc tells."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"
_ADDRESS, _STATE, _INODE = 1, 3, 9


@dataclass(frozen=True, slots=True)
class Listener:
    pid: int | None
    """None: a program of another user, or in another container."""
    command: str
    """Empty where the pid is unknown."""


def listener_on(port: int, *, proc: Path = _PROC) -> Listener | None:
    """None: nobody listens there, or nobody can tell, as on systems without /proc."""
    sockets = set(_sockets(proc, port))
    if not sockets:
        return None
    for pid in _processes(proc):
        if sockets & set(_sockets_of(proc / pid / "fd")):
            return Listener(int(pid), _command(proc / pid))
    return Listener(None, "")


def may_not_listen(host: str, port: int) -> OSError | None:
    """Why a program of this user could not listen there now; None where it could. Nothing listens meanwhile: the port
    is only taken for a moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        if os.name != "nt":  # where it would take a port away from others
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
        except OSError as error:
            return error
    return None


def _sockets(proc: Path, port: int) -> Iterator[str]:
    """The inodes of sockets that listen there, as ``socket:[123]``."""
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (proc / "net" / name).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[_STATE] == _LISTENING and int(fields[_ADDRESS].rpartition(":")[2], 16) == port:
                    yield f"socket:[{fields[_INODE]}]"


def _processes(proc: Path) -> Iterator[str]:
    with suppress(OSError):
        yield from (name for name in os.listdir(proc) if name.isdigit())  # noqa: PTH208 - names alone, of thousands


def _sockets_of(folder: Path) -> Iterator[str]:
    with suppress(OSError):  # it has ended, or belongs to another user
        for descriptor in os.listdir(folder):  # noqa: PTH208 - as above
            with suppress(OSError):
                yield os.readlink(folder / descriptor)  # noqa: PTH115 - as above


def _command(process: Path) -> str:
    """The program's name, without its arguments, which may hold secrets."""
    with suppress(OSError):
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    return ""
