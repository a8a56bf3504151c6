"""Helpers for servers on this machine: a free port, a client, raw requests."""

import os
import re
import socket
from contextlib import suppress
from random import SystemRandom

import httpx

from tests.waiting import HANG_SECONDS

END_OF_HEAD = b"\r\n\r\n"
_NEVER_HANDED_OUT = range(20_000, 32_000)
"""No system takes a port out of these by itself: https://en.wikipedia.org/wiki/Ephemeral_port."""
_PROCESSES = 12
_given: set[int] = set()


def loopback_client(url: str) -> httpx.AsyncClient:
    """Reads no proxy and no certificates: those take 30 ms of computing a client, and a story makes thousands."""
    return httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=HANG_SECONDS)  # noqa: S501 - plain http only


def free_port() -> int:
    """One that a process may leave and take again: meanwhile nobody gets it who asks for any, and no other test."""
    test_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ours = _NEVER_HANDED_OUT[test_process % _PROCESSES :: _PROCESSES]
    while True:
        port = SystemRandom().choice(ours)
        if port in _given:
            continue
        with suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            _given.add(port)
            return port


def body_length(head: bytes) -> int:
    """How many bytes come behind the head of an HTTP request."""
    told = re.search(rb"(?im)^content-length: *(\d+)", head)
    return int(told[1]) if told else 0
