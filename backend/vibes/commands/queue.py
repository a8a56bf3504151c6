"""``vibes queue``: what waits and for what, and steering it."""

from typing import Any

from rich.table import Table

from vibes.commands.console import escape_markup, fail, out
from vibes.commands.hub_client import HubAddress, HubAway, HubRefused, JsonObject, open_hub

SHOWN = 50


async def run_show(address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            _show(await hub.get(f"/api/queue?limit={SHOWN}"))
    except (HubAway, HubRefused) as error:
        fail(str(error))


async def run_steer(address: HubAddress, body: JsonObject) -> None:
    """Send one action of ``PATCH /api/queue`` and show the queue as it is then."""
    try:
        async with open_hub(address) as hub:
            _show(await hub.patch("/api/queue", body))
    except (HubAway, HubRefused) as error:
        fail(str(error))


def _show(queue: dict[str, Any]) -> None:
    if queue["paused"]:
        out.print(f"[yellow]paused since {queue['paused_since']}[/]: nothing new starts; `vibes queue resume`")
    if not queue["on_nodes"] and not queue["queued"]:
        out.print("nothing waits and nothing runs")
        return
    out.print(_table(queue))
    hidden = queue["queued"] - len(queue["waiting"])
    if hidden > 0:
        out.print(f"[dim]… and {hidden} more[/]")


def _table(queue: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "generation", "class", "done in", "prompt", "where, or why it waits"):
        table.add_column(heading, no_wrap=heading != "where, or why it waits")
    for item in queue["on_nodes"]:
        place = f"{item['state']} on {item['gpu_id']}"
        table.add_row(
            "", item["generation_id"][:8], "", _seconds(item), _prompt(item), f"[cyan]{escape_markup(place)}[/]"
        )
    for item in queue["waiting"]:
        reason = escape_markup(item["waiting_for"] or "next")
        number = str(item["position"] + 1)
        table.add_row(number, item["generation_id"][:8], item["priority"], _seconds(item), _prompt(item), reason)
    return table


def _seconds(item: dict[str, Any]) -> str:
    return "?" if item["eta_seconds"] is None else f"{item['eta_seconds']:.0f} s"


def _prompt(item: dict[str, Any]) -> str:
    return escape_markup(item["prompt"][:30])
