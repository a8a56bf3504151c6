"""``vibes media``: its commands and options."""

from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import in_home

commands = typer.Typer(name="media", help="Move the pictures to another place.", no_args_is_help=True)


@commands.callback()
def media() -> None:
    """Pictures and uploads are kept in the data folder, in a folder of your choice, or in a bucket of S3."""


@commands.command()
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A data folder, a folder, or s3://bucket/prefix.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same.")],
    data: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_DATA", callback=in_home, help="The hub's data folder. [dim]\\[default: data][/]"),
    ] = None,
    delete_source: Annotated[
        bool, typer.Option("--delete-source", help="Delete the files in FROM once all of them are proven in TO.")
    ] = False,
    stopped: Annotated[
        bool, typer.Option("--stopped", help="No hub runs: only needed with PostgreSQL, where it cannot be seen.")
    ] = False,
) -> None:
    """Copy pictures and uploads to another place, prove each by its hash, and have the hub use that.

    May be interrupted and run again. While the hub runs it only copies ahead: stop the hub then, and run it again.
    """
    from vibes.commands.common.given_settings import load_settings
    from vibes.commands.media.moving import run_move

    run_move(load_settings(data=data), source, target, delete_source=delete_source, stopped=stopped)
