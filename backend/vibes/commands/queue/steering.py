"""``vibes queue``: shows what waits and why, and steers it."""

from collections.abc import Awaitable, Callable
from datetime import UTC

from rich.table import Table

from vibes.client import AsyncHubClient, ClientError, HubAddress, Queue
from vibes.client.values.fleet import GenerationOnNode, WaitingGeneration
from vibes.commands.common.console import escape_markup, fail, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of

SHOWN = 50


async def run_show(address: HubAddress) -> None:
    await run_steer(address, lambda hub: hub.queue.get(limit=SHOWN))


async def run_steer(address: HubAddress, action: Callable[[AsyncHubClient], Awaitable[Queue]]) -> None:
    """Do something with the queue, then show it."""
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
    out.print(_table(queue, out.width))
    hidden = queue.queued - len(queue.waiting)
    if hidden > 0:
        out.print(f"[dim]… and {hidden} more[/]")


def _table(queue: Queue, width: int) -> Table:
    held, waiting = queue.on_nodes, queue.waiting
    items: list[GenerationOnNode | WaitingGeneration] = [*held, *waiting]
    places = [f"[cyan]{escape_markup(f'{each.state} on {each.gpu_id}')}[/]" for each in held]
    reasons = [escape_markup(each.waiting_for or "next") for each in waiting]
    columns = [
        Column(heading="", cells=[*("" for _ in held), *(str(each.position + 1) for each in waiting)], worth=4),
        Column(heading="generation", cells=[each.generation_id[:8] for each in items], worth=5),
        Column(heading="class", cells=[*("" for _ in held), *(str(each.priority) for each in waiting)], worth=1),
        Column(heading="done in", cells=[_seconds(each) for each in items], worth=3),
        Column(heading="prompt", cells=[_prompt(each) for each in items], worth=2, folds_at=10),
        Column(heading="where, or why it waits", cells=[*places, *reasons], folds_at=22),
    ]
    return table_of(columns, width)


def _seconds(item: GenerationOnNode | WaitingGeneration) -> str:
    return "?" if item.eta_seconds is None else f"{item.eta_seconds:.0f} s"


def _prompt(item: GenerationOnNode | WaitingGeneration) -> str:
    return escape_markup(item.prompt[:30])
