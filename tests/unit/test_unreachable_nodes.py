"""What a person reads of a node that cannot be reached: its name, its address, what to do, and no number."""

import errno
import socket

import aiohttp
import pytest
from aiohttp.abc import ResolveResult

from tests.contract.transcript_server import node_config
from vibes.nodes.comfyui.transport.unreachable import in_words, not_reachable

CASES = [
    (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed"), "(connection refused)", "with --listen?"),
    (OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 1)"), "(connection refused)", "--listen?"),
    (OSError(errno.EHOSTUNREACH, "No route to host"), "(no way to that machine)", "check host and port"),
    (
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        "(no machine of that name",
        "check host and port",
    ),
    (aiohttp.ConnectionTimeoutError(), "(no connection in time)", "firewall"),
    (UnicodeError("label empty or too long"), "(that is no host name)", "check host and port"),
    (OSError(errno.EMFILE, "Too many open files"), "(too many open files)", "check host and port"),
]


@pytest.mark.parametrize(("error", "reason", "cure"), CASES)
def test_it_names_the_node_and_a_cure(error: Exception, reason: str, cure: str) -> None:
    sentence = not_reachable(node_config(8188), error)
    assert sentence.startswith("ComfyUI on First GPU is not reachable at 127.0.0.1:8188 (")
    assert reason in sentence
    assert cure in sentence
    assert "Errno" not in sentence


async def test_a_name_that_nobody_knows_is_told_as_such_also_in_the_wrapping_of_the_http_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def unknown(*_: object, **__: object) -> list[ResolveResult]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    resolver = aiohttp.ThreadedResolver()
    monkeypatch.setattr(resolver, "resolve", unknown)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver)) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as failure:
            await session.get("http://attic.invalid:8188/queue")
    assert in_words(failure.value) == "no machine of that name is known"
    assert in_words(socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure")) == "non-recoverable failure"


def test_what_led_to_it_is_looked_at_too() -> None:
    outer = RuntimeError("cannot")
    outer.__cause__ = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    assert in_words(outer) == "the node hung up"
    assert in_words(ValueError("7")) == ""
