"""The command line ``vibes``: what it is called and says of itself. Its commands are in `vibes.commands`."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import in_home, trusted
from vibes.commands.groups import GROUPS

app = typer.Typer(
    name="vibes",
    help="One image studio out of several unequal machines, each running a stock ComfyUI.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "VIBES"},
)
for group in GROUPS:
    app.add_typer(group)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vibes {version('vibes-imgen')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.", show_envvar=False),
    ] = False,
    ca: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_CA", help="Certificates, in PEM form, by which a hub at https://… proves itself."),
    ] = None,
) -> None:
    trusted.set(in_home(ca))


def main() -> None:
    app()
