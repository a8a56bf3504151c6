"""Whom the hub believes when he says whom he speaks for."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from vibes.commands.hub.serving import connection_limits, server_config
from vibes.environment.settings import Settings
from vibes.server.connections import Connections

SAID = [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")]


@pytest.mark.parametrize(
    ("address", "believed"),
    [
        ("172.30.77.9", True),
        ("10.0.0.5", True),
        ("127.0.0.1", True),
        ("172.30.78.9", False),
        ("10.0.0.6", False),
    ],
)
async def test_an_address_or_a_network_that_is_named_and_this_machine(address: str, believed: bool) -> None:
    settings = Settings.model_validate({"proxies": "10.0.0.5,172.30.77.0/24"})
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    config = server_config(app, Connections(connection_limits(settings)), settings, None)
    config.load()
    scope = {"type": "http", "client": (address, 1), "scheme": "http", "path": "/", "headers": SAID}
    await config.loaded_app(scope, nothing, nowhere)
    told = ("203.0.113.9", "https") if believed else (address, "http")
    assert (seen[0]["client"][0], seen[0]["scheme"]) == told
    assert (address in Connections(connection_limits(settings))._shared) is believed, "without a cap of its own, too"


async def nothing() -> Message:
    return {"type": "http.request"}


async def nowhere(_: Message) -> None:
    pass
