"""``vibes rent``: its commands and options."""

import asyncio
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

commands = typer.Typer(
    name="rent", help="See which machines are rented and what they cost; give them back.", invoke_without_command=True
)


@commands.callback()
def rent(
    context: typer.Context, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None
) -> None:
    """Show what is rented now, its price and cost so far, and what was rented lately."""
    from vibes.commands.rentals.rent import run_show

    if context.invoked_subcommand is None:
        asyncio.run(run_show(hub_at(url, api_key, api_key_file)))


@commands.command()
def end(
    rental: Annotated[str | None, typer.Argument(help="The id of a rental, or how it begins.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that is rented.")] = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Give a machine back, whatever it draws; its work goes on elsewhere."""
    from vibes.commands.rentals.rent import run_end

    asyncio.run(run_end(hub_at(url, api_key, api_key_file), rental, every=every))
