"""``vibes costs``: its commands and options."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

if TYPE_CHECKING:
    from vibes.client import HubAddress
    from vibes.commands.costs.showing import Settle

commands = typer.Typer(
    name="costs", help="What was spent; what may have been paid for in vain.", invoke_without_command=True
)

Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day of UTC. [dim]\\[default: this month][/]")
]
Attempt = Annotated[
    str, typer.Argument(metavar="ATTEMPT", help="As vibes costs maybe-paid lists it, or its beginning.")
]


@commands.callback()
def costs(
    context: typer.Context,
    from_day: Day = None,
    to_day: Day = None,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Show what was spent, by day and by node. Days and months are those of UTC."""
    from vibes.commands.costs.showing import run_show

    if context.invoked_subcommand is None:
        first, last = (None if day is None else day.date() for day in (from_day, to_day))
        asyncio.run(run_show(hub_at(url, api_key, api_key_file), first, last))


@commands.command("maybe-paid")
def maybe_paid(url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """List attempts of which nobody can tell whether they were made and charged."""
    from vibes.commands.costs.showing import run_maybe_paid

    asyncio.run(run_maybe_paid(hub_at(url, api_key, api_key_file)))


@commands.command("find-out")
def find_out(attempt: Attempt, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Ask its node again; its picture is taken if it is there."""
    _settle(hub_at(url, api_key, api_key_file), attempt, lambda hub, whole: hub.costs.find_out(whole))


@commands.command("give-up")
def give_up(attempt: Attempt, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Write it off: it counts as paid for, and nobody asks any more."""
    _settle(hub_at(url, api_key, api_key_file), attempt, lambda hub, whole: hub.costs.give_up(whole))


@commands.command("pay-again")
def pay_again(
    attempt: Attempt, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None
) -> None:
    """Write it off, and have its picture made once more for as much again."""
    _settle(hub_at(url, api_key, api_key_file), attempt, lambda hub, whole: hub.costs.pay_again(whole))


def _settle(address: "HubAddress", beginning: str, settle: "Settle") -> None:
    from vibes.commands.costs.showing import run_settle

    asyncio.run(run_settle(address, beginning, settle))
