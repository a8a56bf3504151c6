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
