"""``vibes worker``: its options and environment variables."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()

_PREFIX = "VIBES_WORKER_"


@commands.command()
def worker(
    device: Annotated[
        str | None, typer.Option(envvar=f"{_PREFIX}DEVICE", help="cuda:0, cuda:1 … or cpu. [dim]\\[default: cuda:0][/]")
    ] = None,
    comfyui_folder: Annotated[
        Path | None,
        typer.Option(envvar=f"{_PREFIX}COMFYUI_FOLDER", help="Start the ComfyUI of this folder and keep it running."),
    ] = None,
    python: Annotated[
        Path | None,
        typer.Option(envvar=f"{_PREFIX}PYTHON", help="Its Python. [dim]\\[default: .venv or venv in the folder][/]"),
    ] = None,
    comfyui: Annotated[
        str | None, typer.Option(envvar=f"{_PREFIX}COMFYUI", help="URL of a ComfyUI that runs already, instead.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(envvar=f"{_PREFIX}NAME", help="Unique. [dim]\\[default: this machine's and the device][/]"),
    ] = None,
    tier: Annotated[
        str | None, typer.Option(envvar=f"{_PREFIX}TIER", help="draft, standard, quality or premium.")
    ] = None,
    capabilities: Annotated[
        str | None,
        typer.Option(envvar=f"{_PREFIX}CAPABILITIES", help="sd15,sdxl,… [dim]\\[default: all][/]"),
    ] = None,
    max_resolution: Annotated[
        int | None,
        typer.Option(envvar=f"{_PREFIX}MAX_RESOLUTION", help="Of a square. [dim]\\[default: 2048][/]"),
    ] = None,
    pull: Annotated[
        bool | None,
        typer.Option("--pull", envvar=f"{_PREFIX}PULL", help="Take from a pool's queue."),
    ] = None,
    pool: Annotated[
        str | None, typer.Option(envvar=f"{_PREFIX}POOL", help="Name of that pool. [dim]\\[default: pool][/]")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_DATA", help="The hub's folder, or one of its own. [dim]\\[default: data][/]"),
    ] = None,
) -> None:
    """Carry out a hub's orders on this machine's GPU, over PostgreSQL."""
    from vibes.commands.common.given_settings import load_settings
    from vibes.commands.workers.work import run_worker, worker_settings

    own = worker_settings(
        device=device,
        comfyui_folder=comfyui_folder,
        python=python,
        comfyui=comfyui,
        name=name,
        tier=tier,
        capabilities=capabilities,
        max_resolution=max_resolution,
        pull=pull,
        pool=pool,
    )
    run_worker(load_settings(data=data), own)
