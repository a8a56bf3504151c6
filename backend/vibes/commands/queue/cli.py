"""``vibes queue``: its commands and options."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

if TYPE_CHECKING:
    from vibes.client import AsyncHubClient, HubAddress, Queue

commands = typer.Typer(
    name="queue", help="See what waits and for what; pause, resume, move.", invoke_without_command=True
)


@commands.callback()
def queue(
    context: typer.Context, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None
) -> None:
    """Show what runs and what waits, in the order in which it gets its turn, and why it waits."""
    from vibes.commands.queue.steering import run_show

    if context.invoked_subcommand is None:
        asyncio.run(run_show(hub_at(url, api_key, api_key_file)))


@commands.command()
def pause(url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Start nothing new; what runs goes on. Survives a restart of the hub."""
    _steer(hub_at(url, api_key, api_key_file), lambda hub: hub.queue.pause())


@commands.command()
def resume(url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Let a paused queue go on."""
    _steer(hub_at(url, api_key, api_key_file), lambda hub: hub.queue.resume())


@commands.command()
def move(
    to: Annotated[str, typer.Argument(help="front or back")],
    generations: Annotated[list[str] | None, typer.Argument(help="Ids of generations that wait.")] = None,
    batch: Annotated[str | None, typer.Option(help="Instead of generations: all of this batch that waits.")] = None,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Move what waits to the front or the back of the queue."""
    _steer(
        hub_at(url, api_key, api_key_file),
        lambda hub: hub.queue.move(to, generation_ids=generations or (), batch_id=batch),
    )


def _steer(address: "HubAddress", action: "Callable[[AsyncHubClient], Awaitable[Queue]]") -> None:
    from vibes.commands.queue.steering import run_steer

    asyncio.run(run_steer(address, action))
