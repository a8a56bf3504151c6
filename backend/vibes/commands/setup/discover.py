"""``vibes discover``: finds ComfyUIs in the local network and writes them into gpus.yaml, after asking."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from vibes.commands.common.console import USAGE_ERROR, escape_markup, fail, notes, out
from vibes.commands.common.given_settings import load_settings
from vibes.commands.common.tables import Column, table_of
from vibes.domain.errors import HubError, InvalidRequest
from vibes.domain.nodes.machines import Place
from vibes.nodes.kinds import node_kinds
from vibes.ports.kinds import HubTraits
from vibes.services.discovery.service import Addition, Candidate, Discovery, Search
from vibes.services.runtime.clock import SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoverOptions:
    ranges: tuple[str, ...]
    ports: tuple[int, ...]
    into: Path | None
    yes: bool
    dry_run: bool


async def run_discover(options: DiscoverOptions) -> None:
    settings = load_settings(config=options.into)
    kinds = node_kinds(HubTraits(env_files=settings.env_files))
    discovery = Discovery(settings.config, kinds, SystemClock())
    proposal = discovery.proposal()
    ranges = options.ranges or proposal.ranges
    if not ranges:
        fail("this machine is in no private network: name one with --range 192.168.0.0/24", code=USAGE_ERROR)
    if proposal.in_container and not options.ranges:
        notes.print("[yellow]this is a container's own network; name that of your machines with --range[/]")
    ports = options.ports or proposal.ports
    notes.print(f"asking {', '.join(ranges)} at port {', '.join(map(str, ports))} …", highlight=False)
    try:
        found = await discovery.search(ranges, ports)
        _show(found)
        new = [each.machine.place for each in found.candidates if each.known_as is None]
        if new:
            await _offer(discovery, new, options, settings.config)
    except InvalidRequest as error:
        fail(error.message, code=USAGE_ERROR)
    except HubError as error:
        fail(error.message)


def _show(found: Search) -> None:
    if found.asked < found.of:
        notes.print(f"[yellow]the time was up after {found.asked} of {found.of} places[/]", highlight=False)
    if not found.candidates:
        fail(
            f"no ComfyUI answers at {found.asked} places. Is one running there, started with --listen, and does its "
            "firewall let the port through? Another port: --port, another network: --range."
        )
    rows = found.candidates
    columns = [
        Column(heading="address", cells=[f"{_place(each)}" for each in rows]),
        Column(heading="GPU", cells=[escape_markup(each.guess.name) for each in rows], folds_at=16),
        Column(
            heading="VRAM", cells=[f"{each.guess.vram_gb} GB" if each.guess.vram_gb else "" for each in rows], worth=3
        ),
        Column(heading="ComfyUI", cells=[escape_markup(each.machine.introduction.version) for each in rows], worth=1),
        Column(heading="tier*", cells=[f"[dim]{each.guess.tier}[/]" for each in rows], worth=2),
        Column(heading="", cells=[_known(each) for each in rows], folds_at=12),
    ]
    out.print(table_of(columns, out.width, caption="* guessed from the card; a tier is a rank among your own"))


def _place(candidate: Candidate) -> str:
    place = candidate.machine.place
    return f"{place.host}:{place.port}"


def _known(candidate: Candidate) -> str:
    return "[green]new[/]" if candidate.known_as is None else f"is {escape_markup(candidate.known_as)}"


async def _offer(discovery: Discovery, new: Sequence[Place], options: DiscoverOptions, file: Path) -> None:
    addition = await discovery.prepare(new)
    if options.dry_run:
        out.print(escape_markup(addition.text), highlight=False, soft_wrap=True, end="")
        return
    if not (options.yes or _agreed(addition, file)):
        notes.print("nothing was written", highlight=False)
        return
    await discovery.write(addition)
    added = ", ".join(each.guess.id for each in addition.added)
    notes.print(
        f"{escape_markup(added)} written into {escape_markup(str(file))}; a running hub follows", highlight=False
    )


def _agreed(addition: Addition, file: Path) -> bool:
    if not sys.stdin.isatty():
        notes.print("say --yes to write them, or --dry-run to see the file", highlight=False)
        return False
    count = len(addition.added)
    return typer.confirm(f"Write {count} {'machine' if count == 1 else 'machines'} into {file}?", err=True)
