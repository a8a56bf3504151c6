"""``vibes rent``: shows rented machines and gives them back."""

from collections.abc import Sequence
from datetime import UTC

from rich.table import Table

from vibes.client import ClientError, HubAddress, Rental
from vibes.commands.common.beginnings import the_one
from vibes.commands.common.console import escape_markup, fail, notes, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.domain.rental import RentalState

_ENDED_SHOWN = 5
_COLOURS = {
    RentalState.RENTING: "yellow",
    RentalState.READY: "green",
    RentalState.ENDING: "yellow",
    RentalState.ENDED: "dim",
}


async def run_show(address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            page = await hub.rentals.list()
    except ClientError as error:
        fail(str(error))
    for problem in page.problems:
        notes.print(f"[yellow]{escape_markup(problem)}[/]", soft_wrap=True)
    ended = [each for each in page.rentals if not each.open]
    _show([*(each for each in page.rentals if each.open), *ended[:_ENDED_SHOWN]])


async def run_end(address: HubAddress, rental: str | None, *, every: bool) -> None:
    if every == (rental is not None):
        fail("say which rental, or --all")
    try:
        async with open_hub(address) as hub:
            rented = [each for each in (await hub.rentals.list()).rentals if each.open]
            ids = [each.id for each in rented]
            chosen = ids if every else [the_one(rental or "", ids, "nothing is rented under")]
            _show([await hub.rentals.end(each) for each in chosen])
    except ClientError as error:
        fail(str(error))


def _show(rentals: Sequence[Rental]) -> None:
    if not rentals:
        out.print("nothing is rented")
        return
    out.print(_table(rentals, out.width))


def _table(rentals: Sequence[Rental], width: int) -> Table:
    columns = [
        Column(heading="rental", cells=[each.id for each in rentals]),
        Column(heading="node", cells=[escape_markup(each.gpu_id) for each in rentals], worth=3, folds_at=8),
        Column(heading="machine", cells=[escape_markup(each.machine) for each in rentals], worth=2, folds_at=8),
        Column(heading="state", cells=[f"[{_COLOURS[each.state]}]{each.state}[/]" for each in rentals]),
        Column(heading="an hour", cells=[f"${each.per_hour_usd:.3f}" for each in rentals], worth=4, justify="right"),
        Column(heading="so far", cells=[f"${each.cost_usd:.3f}" for each in rentals], justify="right"),
        Column(heading="since", cells=[_since(each) for each in rentals], worth=1),
        Column(heading="", cells=[escape_markup(each.reason) for each in rentals], folds_at=20),
    ]
    return table_of(columns, width)


def _since(rental: Rental) -> str:
    return f"{rental.since.astimezone(UTC):%d %b %H:%M} UTC"
