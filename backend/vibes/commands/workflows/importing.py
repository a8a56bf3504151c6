"""``vibes workflows import``: makes a workflow from a ComfyUI export or a picture, and shows what was found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.table import Table

from vibes.commands.common.console import USAGE_ERROR, escape_markup, fail, notes, out
from vibes.commands.common.given_settings import load_settings
from vibes.domain.errors import HubError
from vibes.services.library.folders import MAX_FILE_BYTES
from vibes.services.library.imports import Export, import_workflow
from vibes.workflows.importing.corrections import Corrections
from vibes.workflows.importing.export_reading import MAX_PICTURE_BYTES, is_picture
from vibes.workflows.importing.importer import Draft

_LONGEST_SHOWN = 60
_KINDS = frozenset({".json", ".png", ".jpg", ".jpeg", ".webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is said of an import beside its files."""

    name: str | None
    family: str | None
    into: Path | None
    overwrite: bool
    bindings: Sequence[str]
    """``prompt=6.text``; ``mask=`` for none."""


def run_import(paths: Sequence[Path], wishes: Wishes) -> None:
    """Exits with 1 when one cannot be done; it changes nothing then, others are imported all the same."""
    files = [*_files(paths)]
    bindings = dict(_binding(each) for each in wishes.bindings)
    if len(files) == 1 and not paths[0].is_dir():
        _import_one(files[0], wishes, bindings)
        return
    if wishes.name or bindings:
        fail("--name and --bind are for one file: leave them out for several", code=USAGE_ERROR)
    if not files:
        fail(f"no JSON, PNG, JPEG or WebP is in {', '.join(map(str, paths))}", code=USAGE_ERROR)
    _import_several(files, wishes)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Of a folder everything below it that may hold a workflow."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = (each for each in path.rglob("*") if each.suffix.lower() in _KINDS and each.is_file())
        yield from sorted(each for each in found if not each.name.startswith("."))


def _binding(text: str) -> tuple[str, str | None]:
    parameter, equals, place = text.partition("=")
    if not equals:
        fail(f"--bind {text}: say PARAMETER=ID.INPUT, such as prompt=6.text", code=USAGE_ERROR)
    return parameter.strip(), place.strip() or None


def _imported(path: Path, wishes: Wishes, bindings: Corrections) -> tuple[Path, Draft]:
    settings = load_settings()
    folder = wishes.into or settings.own_workflows
    export = Export(
        name=wishes.name or _name_of(path),
        content=_content(path),
        file=str(path),
        family=wishes.family,
        bindings=bindings,
    )
    folders = [each for each in settings.workflow_folders if each.is_dir()]
    return folder, import_workflow(folders, folder, export, overwrite=wishes.overwrite)


def _import_several(files: Sequence[Path], wishes: Wishes) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("file", overflow="fold")
    table.add_column("workflow", overflow="fold")
    table.add_column("what was found", overflow="fold", ratio=1)
    failed = 0
    for path in files:
        try:
            _, draft = _imported(path, wishes, {})
        except HubError as error:
            failed += 1
            table.add_row(*map(escape_markup, (path.name, "-", error.message)))
            continue
        open_ones = [f"{each.parameter}?" for each in draft.unsure]
        found = ", ".join([*open_ones, *(each.parameter for each in draft.found)])
        kind = f"{draft.name}: {draft.entry['operation']} for {', '.join(draft.entry['families'])}"
        table.add_row(*map(escape_markup, (path.name, kind, found)))
    out.print(table)
    out.print(f"\n{len(files) - failed} of {len(files)} imported", highlight=False)
    if failed:
        raise typer.Exit(1)


def _import_one(path: Path, wishes: Wishes, bindings: Corrections) -> None:
    settings = load_settings()
    try:
        folder, draft = _imported(path, wishes, bindings)
    except HubError as error:
        hint = "\nTo replace it say --force." if error.code == "workflow_exists" and not wishes.overwrite else ""
        fail(f"{error.message}{hint}")
    out.print(_summary(draft), highlight=False, soft_wrap=True)
    out.print(_table(draft))
    for note in draft.notes:
        out.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
    out.print(f"\n{folder / 'workflows' / draft.name}.json", markup=False, highlight=False, soft_wrap=True)
    out.print(f"{folder / 'manifests' / draft.name}.yaml", markup=False, highlight=False, soft_wrap=True)
    if folder.resolve() not in {each.resolve() for each in settings.workflow_folders}:
        how = "the workflows folder of its --data, or named by --workflows or VIBES_WORKFLOWS"
        notes.print(f"A hub reads {folder} where it is {how}.", markup=False, highlight=False, soft_wrap=True)


def _name_of(path: Path) -> str:
    return re.sub(r"[^a-z0-9_-]+", "_", path.stem.lower()).strip("_-")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}", code=USAGE_ERROR)
    most = MAX_PICTURE_BYTES if is_picture(content) else MAX_FILE_BYTES
    if len(content) > most:
        fail(f"{path} is larger than {most // 1024**2} MiB: is it really an export?", code=USAGE_ERROR)
    return content


def _summary(draft: Draft) -> str:
    loras = "takes LoRAs" if draft.entry["supports_lora"] else "takes no LoRAs"
    return f"[bold]{draft.name}[/]: {draft.entry['operation']} for {', '.join(draft.entry['families'])}, {loras}\n"


def _table(draft: Draft) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("parameter", no_wrap=True)
    table.add_column("bound to", overflow="fold")
    table.add_column("default", overflow="fold")
    for found in draft.found:
        default = "-" if found.default is None else repr(found.default)
        shown = default if len(default) <= _LONGEST_SHOWN else f"{default[: _LONGEST_SHOWN - 1]}…"
        table.add_row(*map(escape_markup, (found.parameter, found.bind, shown)))
    return table
