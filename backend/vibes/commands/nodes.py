"""``vibes nodes``: the fleet as a table."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from vibes.client import ClientError, Gpu, HubAddress
from vibes.client.fleet import Speed
from vibes.commands.console import escape_markup, fail, notes, out
from vibes.commands.hub import open_hub

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
            fleet = await hub.discovery.fleet()
    except ClientError as error:
        fail(str(error))
    for problem in fleet.config_problems:
        notes.print(
            f"[yellow]the newest gpus.yaml is not in force:[/] {problem.file}:{problem.line}: "
            f"{escape_markup(problem.message)}"
        )
    for trouble in fleet.hub_problems:
        notes.print(f"[yellow]in the hub:[/] {escape_markup(trouble)}", soft_wrap=True)
    if not fleet.gpus:
        fail("gpus.yaml lists no node; add your machines to it, the hub notices by itself")
    out.print(_table(fleet.gpus))
    for gpu in fleet.gpus:
        if doing := _doing(gpu):
            out.print(f"{escape_markup(gpu.id)} {escape_markup(doing)}", highlight=False, soft_wrap=True)
        for file in gpu.unreadable_files:
            out.print(
                f"{escape_markup(gpu.id)} [yellow]{escape_markup(file.message)}[/]", highlight=False, soft_wrap=True
            )


def _table(gpus: Sequence[Gpu]) -> Table:
    title = "simulated GPUs" if any(gpu.simulated for gpu in gpus) else None
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
        table.add_row(
            escape_markup(gpu.id),
            escape_markup(gpu.name),
            f"[{_COLOURS.get(gpu.state, 'white')}]{gpu.state}[/]",
            gpu.tier,
            _vram(gpu),
            str(len(gpu.running)),
            str(gpu.current_queue_length),
            _speed(gpu.speeds),
        )
    return table


def _vram(gpu: Gpu) -> str:
    free = gpu.vram_free_gb
    return f"{gpu.vram_gb:g} GB" if free is None else f"{free:.1f}/{gpu.vram_gb:g} GB"


def _speed(speeds: Mapping[str, Speed]) -> str:
    parts = [
        f"{family} {1 / speed.seconds_per_step_megapixel:.1f}"
        for family, speed in speeds.items()
        if speed.seconds_per_step_megapixel > 0
    ]
    return "\n".join(parts) or "[dim]unknown[/]"


def _doing(gpu: Gpu) -> str:
    if gpu.running:
        return f"is drawing “{gpu.running[0].prompt[:50]}”"
    return f"is {gpu.state}: {gpu.reason}" if gpu.reason else ""
