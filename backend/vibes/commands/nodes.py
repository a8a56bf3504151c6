"""``vibes nodes``: the fleet as a table."""

from typing import Any

from rich.table import Table

from vibes.commands.console import escape_markup, fail, notes, out
from vibes.commands.hub_client import HubAddress, HubAway, HubRefused, open_hub

_COLOURS = {
    "ready": "green",
    "busy": "cyan",
    "degraded": "yellow",
    "starting": "yellow",
    "draining": "yellow",
    "wedged": "red",
    "offline": "red",
    "disabled": "dim",
}


async def run_nodes(address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            answer = await hub.get("/api/gpus")
    except (HubAway, HubRefused) as error:
        fail(str(error))
    for problem in answer["config_problems"]:
        notes.print(
            f"[yellow]the newest gpus.yaml is not in force:[/] {problem['file']}:{problem['line']}: "
            f"{escape_markup(problem['message'])}"
        )
    if not answer["gpus"]:
        fail("gpus.yaml lists no node; add your machines to it, the hub notices by itself")
    out.print(_table(answer["gpus"]))
    for gpu in answer["gpus"]:
        if doing := _doing(gpu):
            out.print(f"{escape_markup(gpu['id'])} {escape_markup(doing)}", highlight=False, soft_wrap=True)


def _table(gpus: list[dict[str, Any]]) -> Table:
    title = "simulated GPUs" if any(gpu["simulated"] for gpu in gpus) else None
    caption = "* sampler steps a second at one megapixel, measured; more is faster"
    table = Table(
        caption=caption,
        caption_style="dim",
        caption_justify="left",
        title=title,
        title_style="yellow",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for heading in ("node", "GPU", "state", "tier"):
        table.add_column(heading, no_wrap=True)
    for heading in ("VRAM free", "running", "queue", "speed*"):
        table.add_column(heading, justify="right", no_wrap=True)
    for gpu in gpus:
        state = gpu["state"]
        table.add_row(
            escape_markup(gpu["id"]),
            escape_markup(gpu["name"]),
            f"[{_COLOURS.get(state, 'white')}]{state}[/]",
            gpu["tier"],
            _vram(gpu),
            str(len(gpu["running"])),
            str(gpu["current_queue_length"]),
            _speed(gpu["speeds"]),
        )
    return table


def _vram(gpu: dict[str, Any]) -> str:
    free = gpu["vram_free_gb"]
    return f"{gpu['vram_gb']:g} GB" if free is None else f"{free:.1f}/{gpu['vram_gb']:g} GB"


def _speed(speeds: dict[str, dict[str, Any]]) -> str:
    parts = [
        f"{family} {1 / speed['seconds_per_step_megapixel']:.1f}"
        for family, speed in speeds.items()
        if speed["seconds_per_step_megapixel"] > 0
    ]
    return "\n".join(parts) or "[dim]unknown[/]"


def _doing(gpu: dict[str, Any]) -> str:
    if gpu["running"]:
        return f"is drawing “{gpu['running'][0]['prompt'][:50]}”"
    return f"is {gpu['state']}: {gpu['reason']}" if gpu["reason"] else ""
