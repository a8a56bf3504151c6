"""``vibes serve`` and ``vibes demo``: their options and environment variables."""

from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import ApiKeyFile, OwnWorkflows, Port, TimeScale

commands = typer.Typer()


@commands.command()
def demo(
    port: Port = None,
    data: Annotated[Path, typer.Option(envvar="VIBES_DATA", help="Folder for the database and the images.")] = Path(
        "data/demo"
    ),
    time_scale: TimeScale = 1.0,
    workflows: OwnWorkflows = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", envvar="VIBES_NO_BROWSER", help="Open no page.")] = False,
) -> None:
    """Try everything without a GPU: the hub and four simulated unequal cards."""
    from vibes.commands.hub.demo import run_demo

    run_demo(port=port, data=data, workflows=workflows, time_scale=time_scale, open_browser=not no_browser)


@commands.command()
def serve(
    config: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_CONFIG", help="The fleet file. [dim]\\[default: config/gpus.yaml][/]"),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_DATA", help="Folder for the database and the images. [dim]\\[default: data][/]"),
    ] = None,
    host: Annotated[
        str | None, typer.Option(envvar="VIBES_HOST", help="Address to listen on. [dim]\\[default: 127.0.0.1][/]")
    ] = None,
    port: Port = None,
    workflows: OwnWorkflows = None,
    root_path: Annotated[
        str | None, typer.Option(envvar="VIBES_ROOT_PATH", help="Path below which a proxy shows the hub: /studio.")
    ] = None,
    generator_strategy: Annotated[
        str | None,
        typer.Option(envvar="VIBES_GENERATOR_STRATEGY", help="Draw with this generator alone; needs no fleet file."),
    ] = None,
    generator_config: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_GENERATOR_CONFIG", help="TOML file with its settings, and its strategy."),
    ] = None,
    api_key_file: ApiKeyFile = None,
    insecure_no_auth: Annotated[
        bool | None,
        typer.Option(
            "--insecure-no-auth",
            envvar="VIBES_INSECURE_NO_AUTH",
            help="Allow another address without VIBES_API_KEY.",
        ),
    ] = None,
) -> None:
    """Run the hub over your own machines, or over one generator."""
    from vibes.commands.common.given_settings import load_settings
    from vibes.commands.hub.serve import run_serve

    run_serve(
        load_settings(
            config=config,
            data=data,
            host=host,
            port=port,
            workflows=workflows,
            root_path=root_path,
            api_key_file=api_key_file,
            insecure_no_auth=insecure_no_auth,
        ),
        strategy=generator_strategy,
        generator_config=generator_config,
    )
