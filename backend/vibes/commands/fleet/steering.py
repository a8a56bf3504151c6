"""``vibes nodes drain`` and ``resume``: whose a machine is from now on."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from vibes.client import AsyncHubClient, ClientError, Gpu, HubAddress
from vibes.commands.common.console import escape_markup, fail, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.fleet.until import moment
from vibes.services.runtime.clock import SystemClock


async def run_drain(address: HubAddress, name: str, *, until: str | None, now: bool, free: bool) -> None:
    """Hand it back. ``now``: what it draws is stopped there, instead of what gpus.yaml says."""
    running = "now" if now else None
    await _steer(address, lambda hub: hub.discovery.drain(name, until=_moment(until), running=running, free=free))


async def run_resume(address: HubAddress, name: str) -> None:
    await _steer(address, lambda hub: hub.discovery.resume(name))


def _moment(text: str | None) -> datetime | None:
    """On the clock of this machine."""
    if text is None:
        return None
    here = SystemClock().now().astimezone().replace(tzinfo=None)
    try:
        return moment(text, here).astimezone()
    except ValueError as error:
        fail(str(error))


async def _steer(address: HubAddress, action: Callable[[AsyncHubClient], Awaitable[Gpu]]) -> None:
    """Do it, then say what became of the node."""
    try:
        async with open_hub(address) as hub:
            gpu = await action(hub)
    except ClientError as error:
        fail(str(error))
    told = f"is {gpu.state}{f': {gpu.reason}' if gpu.reason else ''}"
    out.print(f"{escape_markup(gpu.id)} {escape_markup(told)}", highlight=False, soft_wrap=True)
    if gpu.running:
        more = f" and {len(gpu.running) - 1} more" if len(gpu.running) > 1 else ""
        out.print(f"it still draws “{escape_markup(gpu.running[0].prompt[:50])}”{more}", soft_wrap=True)
