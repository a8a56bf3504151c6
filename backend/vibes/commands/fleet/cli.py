"""``vibes nodes``: its options and environment variables."""

import asyncio

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

commands = typer.Typer()


@commands.command()
def nodes(url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Show every node: state, tier, memory, what it does, its measured speed, and why it is not usable."""
    from vibes.commands.fleet.nodes import run_nodes

    asyncio.run(run_nodes(hub_at(url, api_key, api_key_file)))
