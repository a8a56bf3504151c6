"""``vibes doctor`` and ``vibes discover``: their options and environment variables."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import ApiKey, ApiKeyFile

commands = typer.Typer()

Config = Annotated[
    Path | None, typer.Option(envvar="VIBES_CONFIG", help="The fleet file. [dim]\\[default: config/gpus.yaml][/]")
]


@commands.command()
def doctor(
    url: Annotated[
        str | None,
        typer.Option(envvar="VIBES_URL", help="Where the hub is. [dim]\\[default: as the settings say, here][/]"),
    ] = None,
    config: Config = None,
    data: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_DATA", help="Folder for the database and the images. [dim]\\[default: data][/]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tell the findings as JSON on stdout.")] = False,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """See what is right and what to do about the rest: hub, nodes, files, disk, database, keys and more.

    Nothing is changed. Without a running hub it looks at settings and files. Ends with status 0 where all is right, 1
    where something could be better, 2 where something is wrong.
    """
    from vibes.commands.setup.doctor import DoctorOptions, run_doctor

    logging.disable(logging.WARNING)  # what a check stumbles over is told as a finding
    options = DoctorOptions(url=url, config=config, data=data, api_key=api_key, api_key_file=api_key_file)
    asyncio.run(run_doctor(options, as_json=as_json))


@commands.command()
def discover(
    ranges: Annotated[
        list[str] | None,
        typer.Option(
            "--range", help="A private network, at most a /24; repeat for more. [dim]\\[this machine's own][/]"
        ),
    ] = None,
    ports: Annotated[
        list[int] | None,
        typer.Option("--port", min=1, max=65535, help="Ask this port; repeat for more. [dim]\\[8188, 8189, 8000][/]"),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", envvar="VIBES_CONFIG", help="The fleet file. [dim]\\[default: config/gpus.yaml][/]"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Find ComfyUIs in the local network, and write them into gpus.yaml after asking.

    Each address of the network is asked once at each port whether a ComfyUI is there; nothing else is sent. What the
    file has stays as it is.
    """
    from vibes.commands.setup.discover import DiscoverOptions, run_discover

    logging.disable(logging.WARNING)
    options = DiscoverOptions(ranges=tuple(ranges or ()), ports=tuple(ports or ()), into=into, yes=yes, dry_run=dry_run)
    asyncio.run(run_discover(options))
