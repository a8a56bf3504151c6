"""``vibes replicas``: its options."""

import asyncio

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

commands = typer.Typer()


@commands.command()
def replicas(url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Show which of several hubs on one database leads, and which follow."""
    from vibes.commands.replicas.showing import run_show

    asyncio.run(run_show(hub_at(url, api_key, api_key_file)))
