"""Which model files a workflow is to load where nobody names any, out of those that the fleet has; decided purely."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from vibes.domain.ids import NodeId
from vibes.domain.node import MODEL_FILE_INPUTS, ModelFolder
from vibes.domain.spec import Operation, ParameterValue
from vibes.text.file_names import PathStyle, same_file
from vibes.workflows.definition.manifest import ANY_FAMILY, Parameter, ParameterKind, Workflow
from vibes.workflows.filling.places import whole_places
from vibes.workflows.models.file_families import guess_file, same_model

Shelf = Mapping[ModelFolder, Mapping[str, frozenset[NodeId]]]
"""The files of the nodes in question, each with the nodes that have it."""

MAIN_PARAMETERS = ("checkpoint", "diffusion_model", "model")
"""The file that a family is known by; a workflow has one of them."""

RELATIVES = frozenset({"sdxl", "pony", "illustrious"})
"""Families of one architecture: a file of one is drawn by the workflows of another, in its own manner."""

_GGUF_LOADER = "UnetLoaderGGUF"
_INTERCHANGEABLE = frozenset({ModelFolder.UPSCALE_MODELS})
"""Folders of which any file does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of model files beside their names."""

    said: Mapping[str, str] = field(default_factory=dict)
    """The family of a file, by a person."""
    preferred: Mapping[str, str] = field(default_factory=dict)
    """The file that a person chose last for a family."""
    drawn: Mapping[str, str] = field(default_factory=dict)
    """The family as which the newest picture of a file was asked for."""
    given: Mapping[NodeId, frozenset[str]] = field(default_factory=dict)
    """The families that a node is given in ``gpus.yaml``."""


@dataclass(frozen=True, slots=True)
class FamilyOfFile:
    family: str | None
    """None: cannot be told."""
    why: str


@dataclass(frozen=True, slots=True)
class ChosenFile:
    parameter: str
    file: str
    why: str


@dataclass(frozen=True, slots=True)
class FileChoice:
    """Where ``lacking`` is empty, ``files`` are together on at least one node."""

    files: tuple[ChosenFile, ...]
    """Those that differ from the workflow's own defaults."""
    lacking: Parameter | None = None
    """The first parameter that nothing was found for."""
    unsure: tuple[str, ...] = ()
    """Files that may be what it lacks: their family cannot be told."""

    @property
    def values(self) -> dict[str, ParameterValue]:
        return {each.parameter: each.file for each in self.files}


def family_of_file(name: str, nodes: frozenset[NodeId], known: Knowledge) -> FamilyOfFile:
    """A person's word first, then its name, then earlier pictures, then what its nodes are given."""
    if name in known.said:
        return FamilyOfFile(known.said[name], "you said so")
    guess = guess_file(name)
    if guess.family is not None:
        return FamilyOfFile(guess.family, "by its name")
    if name in known.drawn:
        return FamilyOfFile(known.drawn[name], "by the pictures made with it")
    given = {"sdxl" if family in RELATIVES else family for node_id in nodes for family in known.given.get(node_id, ())}
    if len(given) == 1:
        return FamilyOfFile(given.pop(), "its cards are given no other family")
    return FamilyOfFile(None, "its name does not tell")


def model_parameters(workflow: Workflow) -> Iterator[tuple[Parameter, ModelFolder, bool]]:
    """Each parameter that names a model file, its folder, and whether it wants GGUF; the family's own file first."""
    places = whole_places(workflow)
    for parameter in sorted(workflow.parameters.values(), key=lambda each: each.name not in MAIN_PARAMETERS):
        place = min(places.get(parameter.name, ()), default=None)
        folder = MODEL_FILE_INPUTS.get(place) if place else None
        if place is not None and folder is not None and parameter.kind is ParameterKind.STRING:
            yield parameter, folder, place[0] == _GGUF_LOADER


def choose_files(
    workflow: Workflow,
    family: str,
    values: Mapping[str, ParameterValue],
    shelf: Shelf,
    known: Knowledge,
    *,
    named: Collection[str] = (),
) -> FileChoice:
    """What to load for each model parameter, given all ``values`` with the workflow's defaults among them.

    What a person prefers for the family comes first, then the workflow's default, then the same model at another
    precision, then another file of the family. ``shelf`` holds nothing of nodes that may not do this work. Parameters
    that are ``named`` stay as they are.
    """
    chosen: list[ChosenFile] = []
    together: frozenset[NodeId] | None = None
    for parameter, folder, gguf in model_parameters(workflow):
        default = values.get(parameter.name)
        if not isinstance(default, str):
            continue
        on_shelf = {
            name: nodes if together is None else nodes & together
            for name, nodes in shelf.get(folder, {}).items()
            if name.lower().endswith(".gguf") == gguf
        }
        on_shelf = {name: nodes for name, nodes in on_shelf.items() if nodes}
        asked, default = default, same_file(default, on_shelf, PathStyle.POSIX) or default
        if parameter.name in named:
            together = on_shelf.get(default, together)
            continue
        kind = _Kind(family, workflow.operation, parameter, folder, default)
        found = _choose(kind, on_shelf, known)
        if found is None:
            unsure = _unsure(on_shelf, known) if parameter.name in MAIN_PARAMETERS else ()
            return FileChoice(tuple(chosen), parameter, unsure)
        together = on_shelf[found.file]
        if found.file != asked:
            chosen.append(found)
    return FileChoice(tuple(chosen))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is looked for."""

    family: str
    operation: Operation
    parameter: Parameter
    folder: ModelFolder
    default: str


def _choose(kind: _Kind, shelf: Mapping[str, frozenset[NodeId]], known: Knowledge) -> ChosenFile | None:
    name = kind.parameter.name
    main = name in MAIN_PARAMETERS and kind.family != ANY_FAMILY
    preferred = known.preferred.get(kind.family)
    if main and preferred is not None and preferred in shelf and _suits(preferred, kind):
        return ChosenFile(name, preferred, "chosen last time")
    if kind.default in shelf:
        return ChosenFile(name, kind.default, "the workflow's own")
    same = [each for each in shelf if same_model(each, kind.default)]
    if same:
        return ChosenFile(name, _widest(same, shelf), f"the same model as {kind.default}")
    if kind.folder in _INTERCHANGEABLE and shelf:
        return ChosenFile(name, _widest(list(shelf), shelf), "there is no " + kind.default)
    if not main:
        return None
    return _of_family(kind, shelf, known)


def _of_family(kind: _Kind, shelf: Mapping[str, frozenset[NodeId]], known: Knowledge) -> ChosenFile | None:
    of_family = {
        each: found
        for each, nodes in shelf.items()
        if (found := family_of_file(each, nodes, known)).family == kind.family and _suits(each, kind)
    }
    if not of_family:
        return None
    best = _widest(list(of_family), shelf)
    if len(of_family) == 1:
        why = f"the only {kind.family} file, {of_family[best].why}"
    else:
        why = f"one of {len(of_family)} {kind.family} files, {of_family[best].why}"
    return ChosenFile(kind.parameter.name, best, why)


def _suits(name: str, kind: _Kind) -> bool:
    """Files for one purpose are never taken for another; where an ordinary one is usual, inpainting takes either."""
    special = guess_file(name).special
    return special == guess_file(kind.default).special or (
        special == "inpainting" and kind.operation is Operation.INPAINT
    )


def _widest(names: list[str], shelf: Mapping[str, frozenset[NodeId]]) -> str:
    """On the most nodes; made for the usual number of steps; then the first of the alphabet."""
    return min(names, key=lambda each: (guess_file(each).few_steps, -len(shelf[each]), each.casefold(), each))


def _unsure(shelf: Mapping[str, frozenset[NodeId]], known: Knowledge) -> tuple[str, ...]:
    return tuple(sorted(each for each, nodes in shelf.items() if family_of_file(each, nodes, known).family is None))
