"""``vibes serve`` and ``vibes demo``: their options and environment variables."""

from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import ApiKeyFile, OwnWorkflows, Port, TimeScale
from vibes.commands.hub import options

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
    config: options.Config = None,
    data: options.Data = None,
    host: options.Host = None,
    port: Port = None,
    workflows: OwnWorkflows = None,
    root_path: options.RootPath = None,
    tls_cert: options.TlsCert = None,
    tls_key: options.TlsKey = None,
    generator_strategy: options.GeneratorStrategy = None,
    generator_config: options.GeneratorConfig = None,
    advertise: Annotated[
        str | None,
        typer.Option(envvar="VIBES_ADVERTISE", help="URL under which other hubs on one PostgreSQL database reach it."),
    ] = None,
    api_key_file: ApiKeyFile = None,
    insecure_no_auth: options.InsecureNoAuth = None,
) -> None:
    """Run the hub over your own machines, or over one generator."""
    from vibes.commands.common.given_settings import load_settings
    from vibes.commands.hub.early_ends import told_of_early_ends
    from vibes.commands.hub.serve import run_serve

    settings = load_settings(
        config=config,
        data=data,
        host=host,
        port=port,
        workflows=workflows,
        root_path=root_path,
        tls_cert=tls_cert,
        tls_key=tls_key,
        advertise=advertise,
        api_key_file=api_key_file,
        insecure_no_auth=insecure_no_auth,
    )
    with told_of_early_ends(settings.data):
        run_serve(settings, strategy=generator_strategy, generator_config=generator_config)
