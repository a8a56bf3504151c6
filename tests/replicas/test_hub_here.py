"""What belongs to the hub of this process, for as long as it leads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from tests.waiting import deadline
from vibes.replicas import hub_here
from vibes.replicas.hub_here import HubHere


async def test_a_fault_in_telling_other_replicas_is_logged_and_it_begins_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Queue[str]()

    class Teller:
        def __init__(self, *_: Any) -> None:
            self.times = 0

        async def run(self) -> None:
            self.times += 1
            begun.put_nowait("begun")
            if self.times == 1:
                raise ValueError("a message that nobody expected")
            await asyncio.Event().wait()

    @asynccontextmanager
    async def hub(*_: Any, **__: Any) -> AsyncIterator[Any]:
        yield SimpleNamespace(live=None, stop_claiming=lambda: None)

    monkeypatch.setattr(hub_here, "Teller", Teller)
    monkeypatch.setattr(hub_here, "running_hub", hub)
    monkeypatch.setattr(hub_here, "create_app", lambda *_: None)
    monkeypatch.setattr(hub_here, "lifespan_state", lambda *_: {})
    names = ("settings", "clock", "authentication", "leadership", "own", "relay")
    around: Any = SimpleNamespace(**{each: SimpleNamespace(id="me") for each in names})
    async with HubHere(around).open(1), deadline():
        assert [await begun.get(), await begun.get()] == ["begun"] * 2
    assert any("a message that nobody expected" in each for each in caplog.messages)
