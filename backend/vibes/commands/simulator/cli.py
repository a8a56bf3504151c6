"""``vibes simulate``: its options and environment variables."""

from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import TimeScale, in_home

commands = typer.Typer()


@commands.command()
def simulate(
    port: Annotated[
        list[int],
        typer.Option(envvar="VIBES_SIMULATE_PORT", min=0, max=65535, help="Port of a node; repeat for more."),
    ],
    profile: Annotated[
        list[str] | None,
        typer.Option(envvar="VIBES_PROFILE", help="GPU to imitate, one a port. [dim]\\[default: rtx-3060][/]"),
    ] = None,
    time_scale: TimeScale = 1.0,
    comfyui_version: Annotated[
        list[str] | None,
        typer.Option(envvar="VIBES_COMFYUI_VERSION", help="0.3.64 or 0.33.0, one a port. [dim]\\[default: 0.33.0][/]"),
    ] = None,
    host: Annotated[str, typer.Option(envvar="VIBES_HOST", help="Address to listen on.")] = "127.0.0.1",
    folder: Annotated[
        Path | None,
        typer.Option(
            envvar="VIBES_SIMULATE_FOLDER",
            callback=in_home,
            help="Where outputs are kept; default: a temporary one.",
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="FOLDER/FILE that it has instead of the profile's of that folder; repeat for more."),
    ] = None,
    pack: Annotated[
        list[str] | None, typer.Option(help="Custom graph nodes: ComfyUI-GGUF, Comfy-WaveSpeed; repeat for more.")
    ] = None,
    windows: Annotated[bool, typer.Option("--windows", help="List files as ComfyUI does on Windows.")] = False,
    without: Annotated[
        list[str] | None, typer.Option(help="A sampler or other choice that it is too old for; repeat for more.")
    ] = None,
    exit_with_parent: Annotated[bool, typer.Option("--exit-with-parent", hidden=True)] = False,
) -> None:
    """Run ComfyUI-compatible nodes without a GPU, for tests and for trying things out."""
    from vibes.commands.simulator.simulate import SimulateOptions, run_simulate

    options = SimulateOptions(
        ports=port,
        profiles=profile or ["rtx-3060"],
        versions=comfyui_version or ["0.33.0"],
        time_scale=time_scale,
        host=host,
        folder=folder,
        models=model or [],
        packs=pack or [],
        windows=windows,
        without=without or [],
    )
    run_simulate(options, exit_with_parent=exit_with_parent)
