"""A machine is given back and lent again from the command line."""

from pathlib import Path

import pytest
import typer

from tests.fakes import FakeFleet
from tests.hub import FLEET, open_hub, served, settings_for
from tests.waiting import deadline
from vibes.client import HubAddress
from vibes.commands.common.console import notes, out
from vibes.commands.fleet.nodes import run_nodes
from vibes.commands.fleet.steering import run_drain, run_resume

ALWAYS = FLEET.replace("{id: slow,", '{id: slow, owner_hours: ["Mon-Sun"], timezone: UTC,')


async def test_a_machine_is_given_back_until_a_moment_and_lent_again_from_the_command_line(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, fleet=ALWAYS)
    async with deadline(), open_hub(settings, FakeFleet()) as hub, served(hub, settings) as at:
        address = HubAddress(f"http://{at}")
        with out.capture() as drained:
            await run_drain(address, "fast", until="90m", now=True, free=True)
        with out.capture() as shown:
            await run_nodes(address)
        with out.capture() as resumed:
            await run_resume(address, "fast")
        with out.capture() as lent:
            await run_resume(address, "slow")
        with notes.capture() as refused, pytest.raises(typer.Exit):
            await run_drain(address, "fast", until="soon", now=False, free=False)
        with notes.capture() as unknown, pytest.raises(typer.Exit):
            await run_resume(address, "fats")
    assert drained.get().startswith("fast is draining: drained until ")
    assert "then it is lent again" in drained.get()
    assert "slow belongs to its owner\n" in shown.get()
    assert (resumed.get(), lent.get()) == ("fast is ready\n", "slow is ready\n")
    assert "say 23:00, tomorrow 8:00" in refused.get()
    assert "fast" in unknown.get()
    assert max(map(len, shown.get().splitlines())) <= 80
