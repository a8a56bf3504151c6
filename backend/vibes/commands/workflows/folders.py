"""``vibes workflows check`` and ``list``: the workflow folders as the hub would read them, without a hub."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.table import Table

from vibes.commands.common.console import escape_markup, notes, out
from vibes.commands.common.given_settings import load_settings
from vibes.domain.errors import DocumentProblem
from vibes.environment.settings import Settings
from vibes.services.library.folders import WorkflowFolders
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.library.layers import Layer, read_layers
from vibes.workflows.library.library import Library, library_of


def run_check(folders: Sequence[Path]) -> None:
    """Check the folders together with the shipped one; without any, all that the hub would read. Exits with 1 on any
    problem."""
    settings = load_settings()
    below = _ships_below(settings, folders) if folders else []
    layers = _layers([*below, *(folders or _folders_there(settings))])
    library = library_of(read_layers(layers))
    empty = [layer for layer in layers if folders and not (layer.files or layer.unreadable)]
    problems = [*map(_nothing_there, empty), *library.problems]
    for warning in library.warnings:
        out.print(f"{warning.place}: warning: {warning.message}", markup=False, highlight=False, soft_wrap=True)
    for problem in problems:
        out.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    if problems:
        notes.print(f"[red]{_counted(len(problems), 'problem')}[/]", highlight=False)
        raise typer.Exit(1)
    count = sum(origin.layer >= len(below) for origin in library.origins.values())
    out.print(f"{_counted(count, 'workflow')} {'is' if count == 1 else 'are'} fine", highlight=False)


def run_list() -> None:
    library = _library(load_settings())
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("workflow", "families", "operation", "LoRAs", "parameters"):
        table.add_column(heading, no_wrap=heading == "workflow", overflow="fold")
    for workflow in library.workflows.values():
        table.add_row(*map(escape_markup, _cells(workflow)))
    out.print(table)
    if library.problems:
        count = _counted(len(library.problems), "problem")
        notes.print(f"[yellow]{count}, not listed here: see `vibes workflows check`[/]", highlight=False)


def _library(settings: Settings) -> Library:
    return library_of(read_layers(_layers(_folders_there(settings))))


def _ships_below(settings: Settings, folders: Sequence[Path]) -> list[Path]:
    """The shipped folder, unless it is one of those to check."""
    shipped = settings.workflow_folders[0]
    return [] if shipped.resolve() in {folder.resolve() for folder in folders} else [shipped]


def _folders_there(settings: Settings) -> list[Path]:
    """The existing folders: the one in the data folder is created when a hub first starts."""
    unborn = settings.data / "workflows"
    return [folder for folder in settings.workflow_folders if folder != unborn or folder.is_dir()]


def _layers(folders: Sequence[Path]) -> tuple[Layer, ...]:
    return WorkflowFolders(folders).read()


def _nothing_there(layer: Layer) -> DocumentProblem:
    return DocumentProblem(
        layer.folder, 0, 0, "holds no workflows: they belong into workflows/*.json and manifests/*.yaml below it"
    )


def _cells(workflow: Workflow) -> tuple[str, ...]:
    loras = f"up to {workflow.max_loras}" if workflow.supports_lora else "-"
    families = ", ".join(sorted(workflow.families))
    # A terminal has no room for the names; GET /api/workflows/{id} and a pipe have them all.
    parameters = str(len(workflow.parameters)) if out.is_terminal else ", ".join(workflow.parameters)
    return workflow.name, families, workflow.operation, loras, parameters


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
