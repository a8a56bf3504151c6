"""``vibes nodes``: its commands, options and environment variables."""

import asyncio
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

commands = typer.Typer(
    name="nodes", help="See every node; hand a machine back to its owner, lend it again.", invoke_without_command=True
)

Node = Annotated[str, typer.Argument(metavar="NAME", help="The node's id, as in gpus.yaml.")]


@commands.callback()
def nodes(
    context: typer.Context, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None
) -> None:
    """Show every node: state, tier, memory, what it does, its measured speed, and why it is not usable."""
    from vibes.commands.fleet.nodes import run_nodes

    if context.invoked_subcommand is None:
        asyncio.run(run_nodes(hub_at(url, api_key, api_key_file)))


@commands.command()
def drain(
    name: Node,
    until: Annotated[str | None, typer.Option(help="23:00, tomorrow 8:00, 1h, 90m; without it until resumed.")] = None,
    now: Annotated[bool, typer.Option("--now", help="Stop what it draws, to be drawn elsewhere.")] = False,
    free: Annotated[bool, typer.Option("--free", help="Unload its models once it is idle.")] = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Give a machine back to its owner: nothing new begins there. Survives a restart of the hub."""
    from vibes.commands.fleet.steering import run_drain

    asyncio.run(run_drain(hub_at(url, api_key, api_key_file), name, until=until, now=now, free=free))


@commands.command()
def resume(name: Node, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Lend a machine again; in its owner's hours, for the rest of them."""
    from vibes.commands.fleet.steering import run_resume

    asyncio.run(run_resume(hub_at(url, api_key, api_key_file), name))
