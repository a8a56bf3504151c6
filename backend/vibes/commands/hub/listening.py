"""Binds the address of a hub before anything slow or lasting is done."""

import errno
import socket

from vibes.commands.common.console import USAGE_ERROR, fail


def bind(host: str, port: int) -> socket.socket:
    """A bound socket; exits with advice when the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            fail(
                f"port {port} is taken by another program, perhaps another hub. Choose another one: --port {port + 1} "
                f"(with make: PORT={port + 1}), or --port 0 for any free one.",
                code=USAGE_ERROR,
            )
        fail(f"cannot listen on {host} port {port}: {error.strerror}", code=USAGE_ERROR)
    return listener


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def url_of(listener: socket.socket, *, secure: bool = False) -> str:
    host, port = listener.getsockname()[:2]
    scheme = "https" if secure else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
