"""The options of ``vibes serve`` that no other command has."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None, typer.Option(envvar="VIBES_CONFIG", help="The fleet file. [dim]\\[default: config/gpus.yaml][/]")
]
Data = Annotated[
    Path | None,
    typer.Option(envvar="VIBES_DATA", help="Folder for the database and the images. [dim]\\[default: data][/]"),
]
Host = Annotated[
    str | None, typer.Option(envvar="VIBES_HOST", help="Address to listen on. [dim]\\[default: 127.0.0.1][/]")
]
RootPath = Annotated[
    str | None, typer.Option(envvar="VIBES_ROOT_PATH", help="Path below which a proxy shows the hub: /studio.")
]
TlsCert = Annotated[Path | None, typer.Option(envvar="VIBES_TLS_CERT", help="Certificate in PEM form: speak https.")]
TlsKey = Annotated[
    Path | None, typer.Option(envvar="VIBES_TLS_KEY", help="Its private key, if it is in a file of its own.")
]
GeneratorStrategy = Annotated[
    str | None,
    typer.Option(envvar="VIBES_GENERATOR_STRATEGY", help="Draw with this generator alone; needs no fleet file."),
]
GeneratorConfig = Annotated[
    Path | None,
    typer.Option(envvar="VIBES_GENERATOR_CONFIG", help="TOML file with its settings, and its strategy."),
]
InsecureNoAuth = Annotated[
    bool | None,
    typer.Option(
        "--insecure-no-auth",
        envvar="VIBES_INSECURE_NO_AUTH",
        help="Allow another address without VIBES_API_KEY.",
    ),
]
