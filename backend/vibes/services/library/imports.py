"""Imports a ComfyUI export into a folder of workflows: both files are written, or nothing changes."""

import asyncio
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from vibes.documents.yaml_document import parse_yaml
from vibes.domain.errors import Conflict, InvalidDocument, InvalidRequest, Problem, StorageUnavailable
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.fleet_classes import FleetClasses
from vibes.services.library.folders import MAX_FILE_BYTES, WorkflowFolders
from vibes.workflows.definition.manifest import Parameter, Workflow
from vibes.workflows.definition.template import parse_template
from vibes.workflows.importing.corrections import Corrections, corrected
from vibes.workflows.importing.export_reading import classes_in, read_export, with_missing
from vibes.workflows.importing.importer import Draft, Known, draft_entry
from vibes.workflows.importing.marked_inputs import marked_inputs
from vibes.workflows.importing.preview import Preview
from vibes.workflows.importing.public import with_public
from vibes.workflows.library.glance import families_in, near
from vibes.workflows.library.layers import Layer, Reading, read_layers, shared_parameters
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.schema import Schema
from vibes.workflows.meaning.wiring import Wiring

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
FAMILY = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
RESERVED_NAME = "base"
"""The file of a folder's parameters has this name, so no workflow can."""
_EXISTS = "workflow_exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export to import."""

    name: str
    content: bytes
    """JSON in API format, kept byte for byte; JSON in UI format, or a picture with either, becomes API format."""
    file: str = ""
    """Where it was read from; empty when it came with a request."""
    family: str | None = None
    """None: guessed from the files that it loads."""
    bindings: Corrections = field(default_factory=dict)
    """What a person says of parameters and inputs, over what is found."""


def import_workflow(
    folders: Sequence[Path],
    into: Path,
    export: Export,
    *,
    overwrite: bool = False,
    schema: Schema | None = None,
) -> Draft:
    """Write ``workflows/<name>.json`` and ``manifests/<name>.yaml`` below ``into``, once both are known to be valid.

    ``schema``: the classes that the machines have, beside those that come with ComfyUI.
    ``folders``: all that the hub reads, the shipped one first. ``overwrite``: replace an earlier import, or take
    precedence over a shipped workflow of this name.

    Raises InvalidRequest for an impossible name, family or graph, InvalidDocument (with line and column) for a file
    that is no API-format JSON, Conflict (``workflow_exists``) and StorageUnavailable; then nothing has changed.
    """
    _check_words(export)
    stack = _Stack.read(folders, into)
    _check_free(export.name, stack, stack.around(export.name, {}), overwrite=overwrite)
    found = _previewed(export, stack, schema)
    content = found.read.text.encode() if found.read.is_changed else export.content
    _write(into, export.name, content, found.draft.manifest())
    return found.draft


def check_name_is_free(folders: Sequence[Path], into: Path, name: str, *, overwrite: bool = False) -> None:
    """Raise Conflict (``workflow_exists``) where `import_workflow` would refuse the name."""
    stack = _Stack.read(folders, into)
    _check_free(name, stack, stack.around(name, {}), overwrite=overwrite)


def preview_workflow(folders: Sequence[Path], into: Path, export: Export, *, schema: Schema | None = None) -> Preview:
    """What `import_workflow` would find, whether or not the name is free; nothing is written. Raises like it."""
    _check_words(export)
    return _previewed(export, _Stack.read(folders, into), schema)


def _previewed(export: Export, stack: "_Stack", schema: Schema | None) -> Preview:
    read = read_export(export.content, export.file, (schema or Schema()).over(core_schema()))
    read.check()
    template = parse_template(read.text, export.file or "graph")
    if schema is not None:
        read = with_missing(read, template.graph, schema.over(core_schema()))
    draft = draft_entry(
        template,
        export.name,
        Known(stack.parameters, families_in(stack.layers), schema),
        family=export.family,
        source=Path(export.file).name,
    )
    public = [*read.public, *marked_inputs(template.graph)]
    draft = with_public(draft, public, read.outputs, template.graph, stack.parameters)
    draft = replace(draft, notes=tuple(dict.fromkeys([*read.notes, *draft.notes])))
    draft = corrected(draft, export.bindings, template.graph, stack.parameters)
    workflow = _checked_result(draft, read.text, stack)
    return Preview(draft, read, tuple(public), Wiring.of(template.graph, schema), workflow)


class WorkflowImporter:
    """Imports into a running hub, one after another; a workflow is in force when `run` returns."""

    def __init__(
        self, catalog: WorkflowCatalog, folders: Sequence[Path], into: Path, classes: FleetClasses | None = None
    ) -> None:
        self._catalog = catalog
        self._classes = classes
        self._folders = tuple(folders)
        self._into = into
        self._turn = asyncio.Lock()

    async def run(self, export: Export) -> Draft:
        """Raises like `import_workflow`, but InvalidRequest (``invalid_workflow``) when the graph is wrong."""
        schema = await self._schema(export)
        async with self._turn:
            draft = await self._in_thread(import_workflow, export, schema)
            await self._catalog.take_in(draft.name)
        logger.info("workflow %s was imported into %s", export.name, self._into)
        return draft

    async def preview(self, export: Export) -> Preview:
        """What `run` would find; nothing is written. Raises like it, but for a name that is taken."""
        return await self._in_thread(preview_workflow, export, await self._schema(export))

    async def _schema(self, export: Export) -> Schema | None:
        """What the machines tell of the export's classes."""
        wanted = await asyncio.to_thread(classes_in, export.content)
        return await self._classes.schema(wanted) if self._classes else None

    async def _in_thread(self, do: Callable[..., Result], export: Export, schema: Schema | None) -> Result:
        try:
            return await asyncio.to_thread(do, self._folders, self._into, export, schema=schema)
        except InvalidDocument as error:
            problems = [Problem("graph", problem.message) for problem in error.problems]
            message = "; ".join(problem.message for problem in problems)
            raise InvalidRequest(message, code="invalid_workflow", problems=problems) from error


@dataclass(frozen=True, slots=True)
class _Stack:
    """The layers as the hub reads them, and the one for the import."""

    layers: tuple[Layer, ...]
    index: int

    @classmethod
    def read(cls, folders: Sequence[Path], into: Path) -> "_Stack":
        reader = WorkflowFolders([*folders, into])  # given twice, it stays at its first place
        layers = reader.read()
        index = [folder.resolve() for folder in reader.folders].index(into.resolve())
        if "" in layers[index].unreadable:  # created with its first workflow
            layers = (*layers[:index], Layer(str(into), {}), *layers[index + 1 :])
        return cls(layers, index)

    @property
    def own(self) -> Layer:
        return self.layers[self.index]

    @property
    def parameters(self) -> dict[str, Parameter]:
        return shared_parameters(self.layers[: self.index + 1])

    def around(self, name: str, files: Mapping[str, str]) -> Reading:
        """What a workflow of this name has to do with, with these files in place of the folder's own."""
        unreadable = {path: why for path, why in self.own.unreadable.items() if path not in files}
        own = replace(self.own, files={**self.own.files, **files}, unreadable=unreadable)
        return read_layers(near([*self.layers[: self.index], own, *self.layers[self.index + 1 :]], name))


def _check_words(export: Export) -> None:
    problems = []
    if export.name == RESERVED_NAME:
        problems.append(Problem("name", f"{RESERVED_NAME} is the name of the file that defines the parameters"))
    elif not NAME.fullmatch(export.name):
        message = "name must be made of a-z, 0-9, _ and -, begin with a letter or digit and have at most 64 characters"
        problems.append(Problem("name", message))
    if export.family is not None and not FAMILY.fullmatch(export.family):
        problems.append(Problem("family", "family must be a word such as sdxl, flux or qwen-image"))
    if problems:
        message = "; ".join(problem.message for problem in problems)
        raise InvalidRequest(message, code="invalid_parameters", problems=problems)


def _check_free(name: str, stack: _Stack, before: Reading, *, overwrite: bool) -> None:
    own = stack.own
    template, manifest = _paths(name)
    taken = [own.place(path) for path in (template, manifest) if path in own.files or path in own.unreadable]
    origin = before.origins.get(name)
    if origin and origin.layer >= stack.index and origin.manifest != own.place(manifest):
        raise Conflict(f"{origin.manifest} already has a workflow {name}: remove it there first", code=_EXISTS)
    if others := _others_in(own.files.get(manifest, ""), name):
        message = f"{own.place(manifest)} holds {', '.join(others)} too: choose another name"
        raise Conflict(message, code=_EXISTS)
    if taken and not overwrite:
        raise Conflict(f"{taken[0]} is already there: choose another name", code=_EXISTS)
    if origin and not overwrite:
        raise Conflict(f"{origin.manifest} already has a workflow {name}: choose another name", code=_EXISTS)


def _others_in(manifest: str, name: str) -> list[str]:
    """Other workflows of the manifest, which overwriting would delete; none when it is too broken to read."""
    try:
        entries = parse_yaml(manifest, "").value
    except InvalidDocument:
        return []
    return [str(key) for key in entries if key != name] if isinstance(entries, dict) else []


def _paths(name: str) -> tuple[str, str]:
    return f"workflows/{name}.json", f"manifests/{name}.yaml"


def _checked_result(draft: Draft, text: str, stack: _Stack) -> Workflow:
    """What the hub would make of the two files."""
    paths = _paths(draft.name)
    files = dict(zip(paths, (text, draft.manifest()), strict=True))
    if any(len(each.encode()) > MAX_FILE_BYTES for each in files.values()):
        most = MAX_FILE_BYTES // 1024**2
        message = f"the workflow is larger than {most} MiB: take out the long texts that are written into its inputs"
        raise InvalidRequest(message, code="graph_too_large", problems=[Problem("graph", message)])
    reading = stack.around(draft.name, files)
    places = {stack.own.place(path) for path in paths}
    problems = [problem for problem in reading.problems if problem.file in places]
    if problems or draft.name not in reading.origins:  # the latter when the folder's base.yaml is broken
        raise InvalidDocument(problems or reading.problems)
    return reading.workflows[draft.name]


def _write(into: Path, name: str, content: bytes, manifest: str) -> None:
    """What needs disk space comes first, under hidden names that are not read."""
    template_path, manifest_path = (into / path for path in _paths(name))
    try:
        parts = [_part(template_path, content), _part(manifest_path, manifest.encode())]
        before = template_path.read_bytes() if template_path.exists() else None
        parts[0].replace(template_path)
        try:
            parts[1].replace(manifest_path)
        except OSError:
            _restore(template_path, before)
            raise
    except OSError as error:
        for path in (template_path, manifest_path):
            with suppress(OSError):
                _part_of(path).unlink()
        raise StorageUnavailable(f"cannot write into {into}: {error.strerror}; nothing was imported") from error


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _part(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part_of(path).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return _part_of(path)


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
