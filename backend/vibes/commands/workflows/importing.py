"""``vibes workflows import``: makes a workflow from a ComfyUI export or a picture, and shows what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from vibes.commands.common.console import USAGE_ERROR, escape_markup, fail, notes, out
from vibes.commands.common.given_settings import load_settings
from vibes.commands.workflows.hub_import import HubImporter
from vibes.commands.workflows.import_files import (
    Unreadable,
    content_of,
    files_of,
    holds_something_else,
    name_of,
    names_of,
)
from vibes.commands.workflows.import_table import ASKS_NO_MACHINE, import_several
from vibes.domain.errors import HubError
from vibes.services.library.imports import Export, check_name_is_free, import_workflow, preview_workflow
from vibes.workflows.importing.corrections import Corrections
from vibes.workflows.importing.importer import Draft

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is said of an import beside its files."""

    name: str | None
    family: str | None
    into: Path | None
    overwrite: bool
    bindings: Sequence[str]
    """``prompt=6.text``; ``mask=`` for none."""
    dry_run: bool = False
    """Show what would be found, and write nothing."""
    hub: HubImporter | None = None
    """The hub that is asked, and that keeps what it finds."""


def run_import(paths: Sequence[Path], wishes: Wishes) -> None:
    """Exits with 1 when one cannot be done; it changes nothing then, others are imported all the same."""
    if wishes.hub and (wishes.into or wishes.overwrite):
        fail("--into and --force are for folders of this machine: leave them out with --url", code=USAGE_ERROR)
    found = [*files_of(paths)]
    bindings = dict(_binding(each) for each in wishes.bindings)
    if len(found) == 1 and not paths[0].is_dir():
        _import_one(found[0], wishes, bindings)
        return
    if wishes.name or bindings:
        fail("--name and --bind are for a single file: leave them out for several and for folders", code=USAGE_ERROR)
    named = {*paths}
    files = [each for each in found if each in named or not holds_something_else(each)]
    if not files:
        fail(f"no JSON, PNG, JPEG or WebP in {', '.join(map(str, paths))} holds a workflow", code=USAGE_ERROR)
    done = "could be imported; nothing was written" if wishes.dry_run else "imported"
    others = len(found) - len(files)
    if others:
        done += f"; {others} other {'file holds' if others == 1 else 'files hold'} no workflow"
    import_several(names_of(files).items(), lambda path, name: _imported(path, name, wishes, {})[1], done=done)


def _binding(text: str) -> tuple[str, str | None]:
    parameter, equals, place = text.partition("=")
    if not equals:
        fail(f"--bind {text}: say PARAMETER=ID.INPUT, such as prompt=6.text", code=USAGE_ERROR)
    return parameter.strip(), place.strip() or None


def _imported(path: Path, name: str, wishes: Wishes, bindings: Corrections) -> tuple[Path | None, Draft]:
    """The folder that it was written into, None where a hub keeps it; and what was found."""
    settings = load_settings()
    folder = wishes.into or settings.own_workflows
    content = content_of(path)
    export = Export(name=name, content=content, file=str(path), family=wishes.family, bindings=bindings)
    if wishes.hub and (draft := wishes.hub.run(export, dry_run=wishes.dry_run)):
        return None, draft
    folders = [each for each in _read_beside(folder, settings.workflow_folders) if each.is_dir()]
    if wishes.dry_run:
        draft = preview_workflow(folders, folder, export).draft
        check_name_is_free(folders, folder, name, overwrite=wishes.overwrite)
        return folder, draft
    return folder, import_workflow(folders, folder, export, overwrite=wishes.overwrite)


def _read_beside(folder: Path, folders: Sequence[Path]) -> Sequence[Path]:
    """What the hub that reads this folder reads too: all of ``folders`` where it is one of them; of another hub, such
    as the demo, only the shipped ones are known, which come first."""
    return folders if _is_among(folder, folders) else folders[:1]


def _is_among(folder: Path, folders: Sequence[Path]) -> bool:
    return folder.resolve() in {each.resolve() for each in folders}


def _import_one(path: Path, wishes: Wishes, bindings: Corrections) -> None:
    settings = load_settings()
    try:
        folder, draft = _imported(path, wishes.name or name_of(path), wishes, bindings)
    except Unreadable as error:
        fail(str(error), code=USAGE_ERROR)
    except HubError as error:
        fail(f"{error.message}{_advice(error, wishes)}")
    out.print(_summary(draft), highlight=False, soft_wrap=True)
    out.print(_table(draft))
    for note in draft.notes:
        out.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
    if wishes.dry_run:
        out.print("\nnothing was written", highlight=False)
        return
    if folder is None:
        where = f"\nthe hub at {wishes.hub.address.url} keeps it" if wishes.hub else ""
        out.print(where, markup=False, highlight=False, soft_wrap=True)
        return
    out.print(f"\n{folder / 'workflows' / draft.name}.json", markup=False, highlight=False, soft_wrap=True)
    out.print(f"{folder / 'manifests' / draft.name}.yaml", markup=False, highlight=False, soft_wrap=True)
    if not _is_among(folder, settings.workflow_folders):
        how = "the workflows folder of its --data, or named by --workflows or VIBES_WORKFLOWS"
        notes.print(f"A hub reads {folder} where it is {how}.", markup=False, highlight=False, soft_wrap=True)
    elif (demo := settings.data / "demo").is_dir():
        told = f"The demo does not read it: for the demo say --into {demo / 'workflows'}."
        notes.print(told, markup=False, highlight=False, soft_wrap=True)


def _advice(error: HubError, wishes: Wishes) -> str:
    if wishes.hub and not wishes.hub.is_away:
        return ""
    if error.code == "workflow_exists" and not wishes.overwrite:
        return "\nTo replace it say --force."
    if error.code == "missing_classes":
        return f"\n{ASKS_NO_MACHINE}"
    return ""


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
