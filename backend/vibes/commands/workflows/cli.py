"""``vibes workflows``: its commands and options."""

from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import ApiKey, ApiKeyFile, all_in_home, hub_at, in_home

commands = typer.Typer(name="workflows", help="Check, list and import workflows.", no_args_is_help=True)


@commands.command("check")
def check_workflows(
    folder: Annotated[
        list[Path] | None,
        typer.Argument(
            callback=all_in_home,
            help="Folders to check, over what ships. Default: all that the hub reads.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find every mistake in manifests and templates, with file, line, column and advice; status 1 if there is any."""
    from vibes.commands.workflows.folders import run_check

    run_check(folder or [])


@commands.command("import")
def import_workflow(
    export: Annotated[
        list[Path],
        typer.Argument(
            callback=all_in_home,
            help="What Workflow > Export (API) or Save of ComfyUI wrote, pictures that hold it, or folders of both.",
            show_default=False,
        ),
    ],
    name: Annotated[
        str | None, typer.Option(help="a-z, 0-9, _ and -. [dim]\\[default: the file's name][/]", show_default=False)
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Model family. [dim]\\[default: told by the files that it loads][/]")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            callback=in_home,
            help="Folder. [dim]\\[default: the first of VIBES_WORKFLOWS, else DATA/workflows][/]",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier import, or cover a shipped one.")] = False,
    bind: Annotated[
        list[str] | None,
        typer.Option(help="What a parameter sets, such as prompt=6.text; mask= for nothing.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be found, and write nothing.")] = False,
    url: Annotated[
        str | None,
        typer.Option(
            help="The hub that imports and keeps it; its machines know classes of packs. "
            "[dim]\\[default: none, with what comes with ComfyUI][/]",
            show_default=False,
        ),
    ] = None,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Make workflows out of untouched ComfyUI exports: finds prompt, seed, size, models … and binds them."""
    from vibes.commands.workflows.hub_import import HubImporter
    from vibes.commands.workflows.importing import Wishes, run_import

    hub = HubImporter(hub_at(url, api_key, api_key_file)) if url else None
    wishes = Wishes(name=name, family=family, into=into, overwrite=force, bindings=bind or (), dry_run=dry_run, hub=hub)
    run_import(export, wishes)


@commands.command("list")
def list_workflows() -> None:
    """Show every workflow: families, operation, LoRAs, parameters."""
    from vibes.commands.workflows.folders import run_list

    run_list()
