"""Servers of our own on this machine: a port for one, and a client."""

import socket
from contextlib import suppress
from random import SystemRandom

import httpx

_NEVER_HANDED_OUT = (20_000, 32_000)
"""No system takes a port out of these by itself: https://en.wikipedia.org/wiki/Ephemeral_port."""


def loopback_client(url: str) -> httpx.AsyncClient:
    """Reads no proxy and no certificates: those take 30 ms of computing a client, and a story makes thousands."""
    return httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=30)  # noqa: S501 - plain http only


def free_port() -> int:
    """One that a process may leave and take again: meanwhile nobody gets it who asks for any."""
    while True:
        port = SystemRandom().randrange(*_NEVER_HANDED_OUT)
        with suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            return port
