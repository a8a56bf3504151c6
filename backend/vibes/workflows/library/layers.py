"""Reads workflows from several folders, where later ones replace earlier ones; a broken file affects only its users."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from vibes.documents.yaml_document import YamlDocument, parse_yaml
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.workflows.definition.manifest import Parameter, Workflow
from vibes.workflows.definition.template import Template, parse_template
from vibes.workflows.reading.class_warnings import class_warnings
from vibes.workflows.reading.entry_reader import Entry, Materials, read_manifest
from vibes.workflows.reading.parameter_reader import read_base

BASE_FILE = "manifests/base.yaml"
TEMPLATE_FOLDER = "workflows/"

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Layer:
    """One folder: ``manifests/base.yaml`` defines parameters, ``workflows/*.json`` are templates, every other YAML file
    is a manifest of workflows."""

    folder: str
    """The folder as error messages name it; empty: they give only paths below it."""
    files: Mapping[str, str]
    """Texts by path below the folder."""
    unreadable: Mapping[str, str] = field(default_factory=dict)
    """Files that could not be read, by path, with the reason; the empty path is the folder itself."""

    def place(self, path: str) -> str:
        return f"{self.folder}/{path}".rstrip("/") if self.folder else path


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a workflow comes from."""

    manifest: str
    template: str
    layer: int
    """Number of the layer, 0 is the lowest."""
    rank: int
    """The lowest layer with a workflow of this name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of all layers, and what of it cannot be used."""

    workflows: dict[str, Workflow] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    problems: list[DocumentProblem] = field(default_factory=list)
    warnings: list[DocumentProblem] = field(default_factory=list)
    replaced: dict[str, Origin] = field(default_factory=dict)
    """By name: the origin of a workflow that a higher layer replaced."""
    broken: dict[str, int] = field(default_factory=dict)
    """By name: the highest layer with an entry that cannot be used."""
    opaque: set[str] = field(default_factory=set)
    """Manifests that cannot be read, so that their workflows are unknown."""
    templates: set[str] = field(default_factory=set)
    """Existing template files, valid or not."""


@dataclass(slots=True)
class _Stock:
    """What the entries of a layer may refer to: the layer's own and lower layers'. None: exists, but is broken."""

    base: dict[str, Parameter | None] = field(default_factory=dict)
    base_is_known: bool = False
    templates: dict[str, Template | None] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def read_layers(layers: Sequence[Layer]) -> Reading:
    """Read the layers. A later layer's workflow replaces one of the same name; its entry may use parameters and
    templates of lower layers, and prefers its own."""
    reading = Reading()
    stock = _Stock()
    for index, layer in enumerate(layers):
        reading.problems.extend(DocumentProblem(layer.place(path), 0, 0, why) for path, why in layer.unreadable.items())
        documents = _parsed(parse_yaml, layer, _manifests(layer), reading.problems)
        base_is_there = BASE_FILE in documents
        base = documents.pop(BASE_FILE, None)
        if not base_is_there and index == 0:
            message = "is missing: it defines the parameters of workflows"
            reading.problems.append(DocumentProblem(layer.place(BASE_FILE), 0, 0, message))
        _add_templates(layer, index, stock, reading)
        if base:
            stock.base |= read_base(base, reading.problems)
        stock.base_is_known = bool(base) if base_is_there else stock.base_is_known
        if stock.base_is_known:
            _read_manifests(layer, index, documents, stock, reading)
        else:
            reading.opaque.update(layer.place(path) for path in documents)
    return reading


def shared_parameters(layers: Sequence[Layer]) -> dict[str, Parameter]:
    """The parameters that the base files of all layers define, as far as they are valid."""
    shared: dict[str, Parameter | None] = {}
    problems: list[DocumentProblem] = []
    for layer in layers:
        base = _parsed(parse_yaml, layer, [BASE_FILE], problems)[BASE_FILE]
        shared |= read_base(base, problems) if base else {}
    return {name: parameter for name, parameter in shared.items() if parameter}


def _manifests(layer: Layer) -> list[str]:
    return [path for path in sorted({*layer.files, *layer.unreadable}) if path.endswith((".yaml", ".yml"))]


def _templates(layer: Layer) -> list[str]:
    paths = sorted({*layer.files, *layer.unreadable})
    return [path for path in paths if path.startswith(TEMPLATE_FOLDER) and path.endswith(".json")]


def _add_templates(layer: Layer, index: int, stock: _Stock, reading: Reading) -> None:
    for path, template in _parsed(parse_template, layer, _templates(layer), reading.problems).items():
        name = path.removeprefix(TEMPLATE_FOLDER)
        stock.templates[name] = template
        stock.places[name] = layer.place(path)
        reading.templates.add(layer.place(path))
        if template and index:  # the hub's own layer is tested before a release
            reading.warnings.extend(class_warnings(template))


def _read_manifests(
    layer: Layer, index: int, documents: Mapping[str, YamlDocument | None], stock: _Stock, reading: Reading
) -> None:
    materials = Materials(stock.base, stock.templates)
    first_defined: dict[str, str] = {}
    unused = dict.fromkeys(path.removeprefix(TEMPLATE_FOLDER) for path in _templates(layer))
    for path, document in documents.items():
        if document is None or not isinstance(document.value, dict):  # an empty file is still being written
            reading.opaque.add(layer.place(path))
        if document is None:
            continue
        for entry in read_manifest(document, materials, reading.problems):
            unused.pop(entry.file or "", None)
            if entry.name in first_defined:
                message = f"workflow {entry.name!r} is already defined in {first_defined[entry.name]}"
                reading.problems.append(document.problem(entry.place, message))
            else:
                first_defined[entry.name] = document.file
                _enter(entry, document.file, stock.places.get(entry.file or "", ""), index, reading)
    if all(documents.values()):
        message = "no manifest names this template: add an entry to manifests/workflows.yaml"
        reading.problems.extend(DocumentProblem(stock.places[name], 0, 0, message) for name in unused)


def _enter(entry: Entry, manifest: str, template: str, layer: int, reading: Reading) -> None:
    if entry.workflow is None:
        reading.broken[entry.name] = layer
        return
    below = reading.origins.get(entry.name)
    if below:
        reading.replaced[entry.name] = below
    reading.workflows[entry.name] = entry.workflow
    reading.origins[entry.name] = Origin(manifest, template, layer, rank=below.rank if below else layer)


def _parsed(
    parse: Callable[[str, str], Parsed], layer: Layer, paths: Sequence[str], problems: list[DocumentProblem]
) -> dict[str, Parsed | None]:
    """Each file parsed; None for a broken one, whose problems are noted."""
    parsed: dict[str, Parsed | None] = {}
    for path in paths:
        parsed[path] = None
        if path in layer.files:
            try:
                parsed[path] = parse(layer.files[path], layer.place(path))
            except InvalidDocument as error:
                problems.extend(error.problems)
    return parsed
