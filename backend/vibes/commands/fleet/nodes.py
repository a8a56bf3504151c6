"""``vibes nodes``: the fleet as a table."""

from collections.abc import Mapping, Sequence
from datetime import UTC

from rich.table import Table

from vibes.client import ClientError, Gpu, GpuCost, HubAddress
from vibes.client.values.fleet import Speed
from vibes.commands.common.console import escape_markup, fail, notes, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.domain.money import parse_usd, shown_usd

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
    out.print(_table(fleet.gpus, out.width))
    for gpu in fleet.gpus:
        if doing := _doing(gpu):
            out.print(f"{escape_markup(gpu.id)} {escape_markup(doing)}", highlight=False, soft_wrap=True)
        if gpu.balance_usd is not None:
            out.print(f"{escape_markup(gpu.id)} has ${gpu.balance_usd:.2f} left", highlight=False, soft_wrap=True)
        for file in gpu.unreadable_files:
            out.print(
                f"{escape_markup(gpu.id)} [yellow]{escape_markup(file.message)}[/]", highlight=False, soft_wrap=True
            )


def _table(gpus: Sequence[Gpu], width: int) -> Table:
    columns = [
        Column(heading="node", cells=[escape_markup(gpu.id) for gpu in gpus], folds_at=8),
        Column(heading="GPU", cells=[escape_markup(gpu.name) for gpu in gpus], folds_at=18, worth=4),
        Column(heading="state", cells=[f"[{_COLOURS.get(gpu.state, 'white')}]{gpu.state}[/]" for gpu in gpus]),
        Column(heading="tier", cells=[gpu.tier for gpu in gpus], worth=1),
        Column(heading="VRAM free", cells=[_vram(gpu) for gpu in gpus], worth=3, justify="right"),
        Column(heading="running", cells=[_running(gpu) for gpu in gpus], worth=2, justify="right"),
        Column(heading="queue", cells=[str(gpu.current_queue_length) for gpu in gpus], worth=6, justify="right"),
        Column(heading="speed*", cells=[_speed(gpu.speeds) for gpu in gpus], worth=5, justify="right"),
    ]
    if any(gpu.cost is not None for gpu in gpus):
        columns.insert(3, Column(heading="cost", cells=[_cost(gpu.cost) for gpu in gpus], worth=7, justify="right"))
    title = "simulated GPUs" if any(gpu.simulated for gpu in gpus) else None
    caption = "* sampler steps a second at one megapixel, measured; more is faster"
    return table_of(columns, width, title=title, caption=caption)


def _running(gpu: Gpu) -> str:
    """Of how many at once, where that is more than one."""
    return f"{len(gpu.running)}/{gpu.slots}" if gpu.slots > 1 else str(len(gpu.running))


def _vram(gpu: Gpu) -> str:
    """Both as reported by the node; the value in gpus.yaml is for planning."""
    if gpu.models and not gpu.vram_total_gb:
        return "[dim]–[/]"  # somebody else's, or none
    total = gpu.vram_total_gb or gpu.vram_gb
    return f"{total:.3g} GB" if gpu.vram_free_gb is None else f"{gpu.vram_free_gb:.1f}/{total:.3g} GB"


def _cost(cost: GpuCost | None) -> str:
    """Of a picture or an hour, and what was spent today."""
    if cost is None:
        return ""
    prices = ((cost.per_image_usd, "a picture"), (cost.per_hour_usd, "an hour"))
    price = " + ".join(f"{_usd(each)} {what}" for each, what in prices if each is not None)
    return f"{price}\n{_usd(cost.spent_today_usd)} today"


def _usd(dollars: float) -> str:
    return shown_usd(parse_usd(dollars))


def _speed(speeds: Mapping[str, Speed]) -> str:
    parts = [
        f"{family} {_rate(1 / speed.seconds_per_step_megapixel)}"
        for family, speed in speeds.items()
        if speed.seconds_per_step_megapixel > 0
    ]
    return "\n".join(parts) or "[dim]unknown[/]"


def _rate(rate: float) -> str:
    """With two significant digits, however slow: a CPU does 0.031."""
    return f"{rate:.1f}" if rate >= 1 else f"{rate:.2g}"


def _doing(gpu: Gpu) -> str:
    if gpu.reason_code == "owner_hours":
        return f"{gpu.reason}{', and still draws' if gpu.running else ''}"
    if gpu.running:
        return f"is drawing “{gpu.running[0].prompt[:50]}”{_soon(gpu)}"
    if gpu.reason:
        return f"is {gpu.state}: {gpu.reason}"
    return f"is {gpu.state}{_soon(gpu)}" if _soon(gpu) else ""


def _soon(gpu: Gpu) -> str:
    """When its owner has it next."""
    return f", and its owner’s from {gpu.owned_from.astimezone(UTC):%a %H:%M} UTC" if gpu.owned_from else ""
