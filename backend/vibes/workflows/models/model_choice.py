"""Chooses model files for a workflow where the request names none, out of those that the fleet has; pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.pictures.spec import Operation, ParameterValue
from vibes.text.file_names import PathStyle, same_file
from vibes.workflows.definition.manifest import ANY_FAMILY, Parameter, ParameterKind, Workflow
from vibes.workflows.filling.places import whole_places
from vibes.workflows.graphs.model_inputs import MODEL_FILE_INPUTS
from vibes.workflows.models.file_families import guess_file, same_model

Shelf = Mapping[ModelFolder, Mapping[str, frozenset[NodeId]]]
"""The files of the nodes that may do the work, each with the nodes that have it."""

MAIN_PARAMETERS = ("checkpoint", "diffusion_model", "model")
"""Parameters for the file that determines the family; a workflow has one of them."""

RELATIVES = frozenset({"sdxl", "pony", "illustrious"})
"""Families of one architecture: each one's workflows draw with files of the others, in that file's style."""

_GGUF_LOADER = "UnetLoaderGGUF"
_INTERCHANGEABLE = frozenset({ModelFolder.UPSCALE_MODELS})
"""Folders of which any file will do."""


def relatives_of(family: str) -> frozenset[str]:
    """The other families of the same architecture."""
    return RELATIVES - {family} if family in RELATIVES else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known about model files besides their names."""

    said: Mapping[str, str] = field(default_factory=dict)
    """The family of a file according to a person."""
    preferred: Mapping[str, str] = field(default_factory=dict)
    """The file that a person chose last for a family."""
    drawn: Mapping[str, str] = field(default_factory=dict)
    """The family of the newest picture made with a file."""
    given: Mapping[NodeId, frozenset[str]] = field(default_factory=dict)
    """The families of a node according to ``gpus.yaml``."""
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The families that a file is drawn as, where its nodes tell them."""
    paid: frozenset[str] = frozenset()
    """Files that only nodes have which cost money."""


@dataclass(frozen=True, slots=True)
class FamilyOfFile:
    family: str | None
    """None: unknown."""
    why: str


@dataclass(frozen=True, slots=True)
class ChosenFile:
    parameter: str
    file: str
    why: str


@dataclass(frozen=True, slots=True)
class FileChoice:
    """The chosen files; if ``lacking`` is empty, at least one node has all of them."""

    files: tuple[ChosenFile, ...]
    """Files that differ from the workflow's defaults."""
    lacking: Parameter | None = None
    """The first parameter without a suitable file."""
    unsure: tuple[str, ...] = ()
    """Files of unknown family that may suit it."""

    @property
    def values(self) -> dict[str, ParameterValue]:
        return {each.parameter: each.file for each in self.files}


def family_of_file(name: str, nodes: frozenset[NodeId], known: Knowledge, *, wanted: str | None = None) -> FamilyOfFile:
    """What a person said; else what its nodes tell, by its name, by earlier pictures, by the families of its nodes.
    ``wanted``: the answer where it is one of several families that its nodes tell."""
    if name in known.said:
        return FamilyOfFile(known.said[name], "you said so")
    if told := known.told.get(name):
        return FamilyOfFile(wanted if wanted in told else min(told), "as its node says")
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
    """Each parameter that names a model file, its folder, and whether it needs GGUF; the file of the family comes
    first."""
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
    """What to load for each model parameter; ``values`` include the workflow's defaults.

    Preferred, in this order: the person's choice for the family, the workflow's default, the same model at another
    precision, another file of the family. ``shelf`` has only nodes that may do the work. ``named`` parameters stay.
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
    """The kind of file that is looked for."""

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
        if (found := family_of_file(each, nodes, known, wanted=kind.family)).family == kind.family
        and _suits(each, kind)
    }
    if not of_family:
        return None
    free = [each for each in of_family if each not in known.paid]
    best = _widest(free or list(of_family), shelf)
    if len(of_family) == 1:
        why = f"the only {kind.family} file, {of_family[best].why}"
    else:
        why = f"one of {len(of_family)} {kind.family} files, {of_family[best].why}"
    return ChosenFile(kind.parameter.name, best, why)


def _suits(name: str, kind: _Kind) -> bool:
    """Whether the file's purpose fits: purposes are not mixed, but inpainting takes an ordinary checkpoint where
    usual."""
    special = guess_file(name).special
    return special == guess_file(kind.default).special or (
        special == "inpainting" and kind.operation is Operation.INPAINT
    )


def _widest(names: list[str], shelf: Mapping[str, frozenset[NodeId]]) -> str:
    """Prefers a file for the usual number of steps, then the one on most nodes, then the alphabetically first."""
    return min(names, key=lambda each: (guess_file(each).few_steps, -len(shelf[each]), each.casefold(), each))


def _unsure(shelf: Mapping[str, frozenset[NodeId]], known: Knowledge) -> tuple[str, ...]:
    return tuple(sorted(each for each, nodes in shelf.items() if family_of_file(each, nodes, known).family is None))
