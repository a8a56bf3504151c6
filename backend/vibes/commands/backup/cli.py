"""``vibes backup`` and ``vibes restore``: their options and environment variables."""

from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import in_home

commands = typer.Typer()

Data = Annotated[
    Path | None,
    typer.Option(envvar="VIBES_DATA", callback=in_home, help="The hub's data folder. [dim]\\[default: data][/]"),
]
Config = Annotated[
    Path | None,
    typer.Option(envvar="VIBES_CONFIG", callback=in_home, help="The fleet file. [dim]\\[default: config/gpus.yaml][/]"),
]
Snapshot = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which backup of those in DIR. [dim]\\[default: the newest][/]")
]


@commands.command()
def backup(
    what: Annotated[str, typer.Argument(metavar="DIR", help="A folder for backups; or `verify DIR`, `list DIR`.")],
    where: Annotated[Path | None, typer.Argument(metavar="DIR", show_default=False, hidden=True)] = None,
    data: Data = None,
    config: Config = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Delete older backups than the newest so many.", show_default=False)
    ] = None,
    snapshot: Snapshot = None,
) -> None:
    """Write database, pictures and settings into DIR, also while the hub runs; only what is new is copied.

    `vibes backup verify DIR` reads one again and compares all of it, `vibes backup list DIR` shows them.
    """
    from vibes.commands.backup.showing import run_list
    from vibes.commands.backup.taking import run_backup
    from vibes.commands.backup.verifying import run_verify
    from vibes.commands.common.given_settings import load_settings

    if where is not None and what not in {"verify", "list"}:
        raise typer.BadParameter(f"write `vibes backup DIR`, `vibes backup verify DIR` or `list DIR`, not {what!r}")
    if where is None:
        run_backup(load_settings(data=data, config=config), in_home(Path(what)) or Path(what), keep=keep)
    elif what == "verify":
        run_verify(in_home(where) or where, snapshot)
    else:
        run_list(in_home(where) or where)


@commands.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", callback=in_home, help="A folder of `vibes backup`.")],
    data: Data = None,
    config: Config = None,
    snapshot: Snapshot = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also into a hub that has something; its database is set aside.")
    ] = False,
) -> None:
    """Bring database, pictures and settings back out of a backup, into a new hub."""
    from vibes.commands.backup.restoring import run_restore
    from vibes.commands.common.given_settings import load_settings

    run_restore(load_settings(data=data, config=config), folder, snapshot, force=force)
