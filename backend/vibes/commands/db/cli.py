"""``vibes db``: its commands and options."""

from typing import Annotated

import typer

commands = typer.Typer(name="db", help="Take the database elsewhere, and check it.", no_args_is_help=True)

_WHERE = "sqlite:///data/vibes.db, a file, or postgresql://USER@HOST/NAME"


@commands.callback()
def db() -> None:
    """The hub's rows are kept in a file of SQLite, or by PostgreSQL. A password is best put into ~/.pgpass."""


@commands.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help=f"{_WHERE}.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same; it must be empty, or not exist.")],
) -> None:
    """Copy every row into an empty database, and prove each by its hash.

    All of it is written in one transaction: what is interrupted leaves nothing behind. No hub may run on either.
    """
    from vibes.commands.db.copying import run_copy

    run_copy(source, target)


@commands.command()
def check(
    database: Annotated[str, typer.Argument(metavar="DATABASE", help=f"{_WHERE}.")],
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="Another one, which is to hold the same.")
    ] = None,
) -> None:
    """Read every row, and compare with another database if one is named. Status 1 if anything differs."""
    from vibes.commands.db.copying import run_check

    run_check(database, other)
