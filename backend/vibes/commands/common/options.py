"""Options that several commands have, and how paths are read: ``~`` is a home folder wherever it comes from."""

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.domain.money import parse_usd
from vibes.environment.home_folder import at_home
from vibes.environment.key_file import read_key

if TYPE_CHECKING:
    from vibes.client.http.address import HubAddress

DEFAULT_PORT = 8001
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"

Port = Annotated[
    int | None,
    typer.Option(
        envvar="VIBES_PORT",
        min=0,
        max=65535,
        help=f"Port to listen on; 0 = any free one. [dim]\\[default: {DEFAULT_PORT}][/]",
    ),
]
TimeScale = Annotated[
    float,
    typer.Option(envvar="VIBES_TIME_SCALE", min=0.0, help="1 = as slow as the real cards, 0.1 = ten times faster."),
]


trusted: ContextVar[Path | None] = ContextVar("trusted", default=None)
"""File with the certificates that a hub behind TLS is checked against, an option of `vibes` itself."""


def in_home(given: Path | None) -> Path | None:
    """Expand ``~``, which no shell does after ``--out=``."""
    return given and at_home(given)


def all_in_home(given: list[Path] | None) -> list[Path] | None:
    return [at_home(path) for path in given or ()] or None


def _folders_there(given: list[Path] | None) -> list[Path] | None:
    folders = all_in_home(given)
    for folder in folders or ():
        if not folder.is_dir():
            raise typer.BadParameter(f"there is no folder {str(folder)!r}.")
    return folders


OwnWorkflows = Annotated[
    list[Path] | None,
    typer.Option(
        "--workflows",
        envvar="VIBES_WORKFLOWS",
        callback=_folders_there,
        help="Folder of your own workflows; repeat for more. [dim]\\[beside those in DATA/workflows][/]",
    ),
]
WithoutMetadata = Annotated[
    bool,
    typer.Option("--without-metadata", help="Save them without prompt, settings and graph: to be shared."),
]
Url = Annotated[str, typer.Option(envvar="VIBES_URL", help="Where the hub is.")]
ApiKey = Annotated[
    str | None, typer.Option(envvar="VIBES_API_KEY", help="The hub's key, if it asks for one.", show_default=False)
]
ApiKeyFile = Annotated[
    Path | None,
    typer.Option(
        envvar="VIBES_API_KEY_FILE",
        callback=in_home,
        help="A file with nothing but the key: what stands in a command, others see.",
        show_default=False,
    ),
]


def hub_at(url: str, api_key: str | None, api_key_file: Path | None) -> "HubAddress":
    """The hub's address; exits with a clear message when the key's file cannot be used. The file takes precedence over
    the key."""
    from vibes.client.http.address import HubAddress

    try:
        return HubAddress(url, read_key(api_key_file) if api_key_file else api_key, trusted.get())
    except ValueError as error:
        fail(str(error), code=USAGE_ERROR)


def _amount(given: str | None) -> str | None:
    if given is not None:
        try:
            parse_usd(given)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    return given


MaxCost = Annotated[
    str | None,
    typer.Option(
        metavar="USD",
        callback=_amount,
        help="Most that all of it may cost, such as 0.08; that a rented machine starts and idles is paid from its own "
        "budget. [dim]\\[default: only nodes that cost nothing][/]",
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace earlier files of the same names instead of choosing others.")
]
Family = Annotated[
    str | None,
    typer.Option(
        help="sd15, sdxl, pony, illustrious, flux … [dim]\\[default: the checkpoint's, or what cards have][/]"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Tell each event as one line of JSON on stdout.")]
