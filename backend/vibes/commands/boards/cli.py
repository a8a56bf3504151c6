"""``vibes boards``: its commands and options."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, WithoutMetadata, hub_at

commands = typer.Typer(
    name="boards", help="Put pictures of any sessions together; nothing here deletes one.", invoke_without_command=True
)

Name = Annotated[str, typer.Argument(help="The board's name, or its id.")]
Pictures = Annotated[list[str] | None, typer.Argument(help="Ids of generations.")]
OfBatch = Annotated[str | None, typer.Option("--batch", help="All pictures of this batch.")]


@commands.callback()
def boards(
    context: typer.Context, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None
) -> None:
    """Show all boards and how many pictures are on them."""
    from vibes.commands.boards.boards import run_list

    if context.invoked_subcommand is None:
        asyncio.run(run_list(hub_at(url, api_key, api_key_file)))


@commands.command()
def create(
    name: Annotated[str, typer.Argument(help="Unique, in whatever letter case.")],
    notes: Annotated[str, typer.Option(help="What it is for.")] = "",
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Make an empty board."""
    from vibes.commands.boards.boards import run_create

    asyncio.run(run_create(hub_at(url, api_key, api_key_file), name, notes))


@commands.command()
def add(
    board: Name,
    pictures: Pictures = None,
    batch: OfBatch = None,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Put pictures at the end of a board; while they are on it they are kept."""
    from vibes.commands.boards.boards import run_add

    asyncio.run(run_add(hub_at(url, api_key, api_key_file), board, pictures or (), batch))


@commands.command()
def remove(
    board: Name,
    pictures: Pictures = None,
    batch: OfBatch = None,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Take pictures off a board; they stay in the gallery."""
    from vibes.commands.boards.boards import run_remove

    asyncio.run(run_remove(hub_at(url, api_key, api_key_file), board, pictures or (), batch))


@commands.command()
def delete(board: Name, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Delete a board and none of its pictures; says how to bring it back."""
    from vibes.commands.boards.boards import run_delete

    asyncio.run(run_delete(hub_at(url, api_key, api_key_file), board))


@commands.command()
def restore(
    board: Annotated[str, typer.Argument(help="The id that `vibes boards delete` told.")],
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Bring a deleted board back, with its pictures."""
    from vibes.commands.boards.boards import run_restore

    asyncio.run(run_restore(hub_at(url, api_key, api_key_file), board))


@commands.command()
def download(
    board: Name,
    out: Annotated[Path, typer.Option(help="Folder for the zip.")] = Path(),
    without_metadata: WithoutMetadata = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Download all pictures of a board as one zip, numbered in their order."""
    from vibes.commands.boards.boards import run_download

    asyncio.run(run_download(hub_at(url, api_key, api_key_file), board, out, metadata=not without_metadata))
