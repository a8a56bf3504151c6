"""``vibes queue``: what waits and for what, and steering it."""

from collections.abc import Awaitable, Callable
from datetime import UTC

from rich.table import Table

from vibes.client import AsyncHubClient, ClientError, HubAddress, Queue
from vibes.client.fleet import GenerationOnNode, WaitingGeneration
from vibes.commands.console import escape_markup, fail, out
from vibes.commands.hub import open_hub

SHOWN = 50


async def run_show(address: HubAddress) -> None:
    await run_steer(address, lambda hub: hub.queue.get(limit=SHOWN))


async def run_steer(address: HubAddress, action: Callable[[AsyncHubClient], Awaitable[Queue]]) -> None:
    """Do something with the queue and show it as it is then."""
    try:
        async with open_hub(address) as hub:
            _show(await action(hub))
    except ClientError as error:
        fail(str(error))


def _show(queue: Queue) -> None:
    if queue.paused_since is not None:
        since = f"{queue.paused_since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        out.print(f"[yellow]paused since {since}[/]: nothing new starts; `vibes queue resume`")
    if not queue.on_nodes and not queue.queued:
        out.print("nothing waits and nothing runs")
        return
    out.print(_table(queue))
    hidden = queue.queued - len(queue.waiting)
    if hidden > 0:
        out.print(f"[dim]… and {hidden} more[/]")


def _table(queue: Queue) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "generation", "class", "done in", "prompt", "where, or why it waits"):
        table.add_column(heading, no_wrap=heading != "where, or why it waits")
    for held in queue.on_nodes:
        place = f"{held.state} on {held.gpu_id}"
        table.add_row("", held.generation_id[:8], "", _seconds(held), _prompt(held), f"[cyan]{escape_markup(place)}[/]")
    for item in queue.waiting:
        reason = escape_markup(item.waiting_for or "next")
        number = str(item.position + 1)
        table.add_row(number, item.generation_id[:8], item.priority, _seconds(item), _prompt(item), reason)
    return table


def _seconds(item: GenerationOnNode | WaitingGeneration) -> str:
    return "?" if item.eta_seconds is None else f"{item.eta_seconds:.0f} s"


def _prompt(item: GenerationOnNode | WaitingGeneration) -> str:
    return escape_markup(item.prompt[:30])
