"""``vibes workflows import``: makes a workflow from a ComfyUI export or a picture, and shows what was found."""

import re
from pathlib import Path

from rich.table import Table

from vibes.commands.common.console import USAGE_ERROR, escape_markup, fail, notes, out
from vibes.commands.common.given_settings import load_settings
from vibes.domain.errors import HubError
from vibes.services.library.folders import MAX_FILE_BYTES
from vibes.services.library.imports import Export, import_workflow
from vibes.workflows.importing.export_reading import MAX_PICTURE_BYTES, is_picture
from vibes.workflows.importing.importer import Draft

_LONGEST_SHOWN = 60


def run_import(path: Path, *, name: str | None, family: str | None, into: Path | None, overwrite: bool) -> None:
    """Exits with 1 and changes nothing when it cannot be done."""
    settings = load_settings()
    folder = into or settings.own_workflows
    export = Export(name=name or _name_of(path), content=_content(path), file=str(path), family=family)
    folders = [each for each in settings.workflow_folders if each.is_dir()]
    try:
        draft = import_workflow(folders, folder, export, overwrite=overwrite)
    except HubError as error:
        hint = "\nTo replace it say --force." if error.code == "workflow_exists" and not overwrite else ""
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
