"""Judges the model files of the nodes against what the funnel's presets draw with: what is missing where, what stands
in. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vibes.domain.doctor.finding import Area, Finding, State, ok, warn
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFolder, NodeConfig
from vibes.domain.nodes.requirements import file_word
from vibes.domain.pictures.spec import Operation
from vibes.scheduling.eligibility import lacking_capability
from vibes.services.fleet.shelves import named_by_template
from vibes.services.sessions.flow_file import DEFAULT_PRESET, FlowPreset
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.library.library import Library
from vibes.workflows.models.model_choice import Knowledge, Shelf, choose_files, model_parameters

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A family that a preset draws with, and how."""

    family: str
    operation: Operation
    presets: tuple[str, ...]
    by_default: bool
    """Whether the preset is among these that a session has unless a person chooses another one."""


@dataclass(frozen=True, slots=True)
class NodeFiles:
    config: NodeConfig
    inventory: NodeInventory | None
    """None: it has not told yet what it has."""


@dataclass(frozen=True, slots=True)
class _Has:
    stand_ins: tuple[str, ...]
    """Files in place of those that the workflow names, each with the reason."""


@dataclass(frozen=True, slots=True)
class _Lacks:
    what: str
    """The end of a sentence that begins with the node's name."""
    cure: str


@dataclass(slots=True)
class _Standing:
    """How the nodes stand that are given one family."""

    has: dict[str, _Has] = field(default_factory=dict)
    lacks: dict[str, _Lacks] = field(default_factory=dict)
    given: int = 0


def wanted_of(presets: Mapping[str, FlowPreset]) -> list[Wanted]:
    """The first stage is drawn from text, the others from pictures."""
    found: dict[str, tuple[Operation, list[str]]] = {}
    for name, preset in presets.items():
        for index, stage in enumerate(preset.stages):
            operation = Operation.IMG2IMG if index else Operation.TXT2IMG
            names = found.setdefault(stage.model_family, (operation, []))[1]
            if name not in names:
                names.append(name)
    return [
        Wanted(family, operation, tuple(names), DEFAULT_PRESET in names) for family, (operation, names) in found.items()
    ]


def judge_files(
    wanted: Iterable[Wanted], nodes: Sequence[NodeFiles], library: Library, known: Knowledge
) -> Iterator[Finding]:
    enabled = [each for each in nodes if each.config.enabled]
    if not any(each.inventory for each in enabled):
        yield ok(Area.FILES, "files_unknown", "no node has told yet which model files it has.")
        return
    standing = {
        each: _standing(each, enabled, library, known) for each in wanted if library.offers(each.family, each.operation)
    }
    drawable = [each.family for each, of in standing.items() if of.has]
    there: list[str] = []
    for each, of in standing.items():
        yield from _of_family(each, of, [family for family in drawable if family != each.family])
        if of.has:
            there.append(f"{each.family} on {_named(sorted(of.has))}")
    if there:
        yield ok(Area.FILES, "files_there", f"what the presets draw with is there: {'; '.join(there)}.")


def _standing(wanted: Wanted, nodes: Sequence[NodeFiles], library: Library, known: Knowledge) -> _Standing:
    standing = _Standing()
    candidates = library.candidates(wanted.family, wanted.operation, loras=0)
    for each in nodes:
        if lacking_capability(each.config, wanted.family, wanted.operation) is not None:
            continue
        standing.given += 1
        if each.inventory is None:
            continue
        found = [_fit(workflow, wanted.family, each.config, each.inventory, known) for workflow in candidates]
        has = next((fit for fit in found if isinstance(fit, _Has)), None)
        lacks = next((fit for fit in found if isinstance(fit, _Lacks)), None)
        if has is not None:
            standing.has[str(each.config.id)] = has
        elif lacks is not None:
            standing.lacks[str(each.config.id)] = lacks
    return standing


def _fit(
    workflow: Workflow, family: str, config: NodeConfig, inventory: NodeInventory, known: Knowledge
) -> _Has | _Lacks:
    reasons = inventory.lacks(named_by_template(workflow, family))
    if reasons:
        return _Lacks(" and ".join(reasons[:2]), "install what is missing there")
    choice = choose_files(workflow, family, workflow_defaults(workflow, family), _shelf(config, inventory), known)
    if choice.lacking is None:
        defaults = workflow_defaults(workflow, family)
        return _Has(tuple(f"{each.file} for {defaults.get(each.parameter)}" for each in choice.files))
    folder = next((folder for parameter, folder, _ in model_parameters(workflow) if parameter == choice.lacking), None)
    default = str(workflow_defaults(workflow, family).get(choice.lacking.name, ""))
    word = file_word(folder) if folder else choice.lacking.name
    if choice.unsure:
        files = _named(choice.unsure)
        cure = f"say in the studio (Change, beside the file) whether {files} is of {family}, or put {default} there"
        return _Lacks(f"has no {word} that is known to be of {family}", cure)
    return _Lacks(f"lacks the {word} {default} and has none of {family} in its place", _put(default, folder))


def _put(file: str, folder: ModelFolder | None) -> str:
    return f"put {file} into models/{folder or 'checkpoints'} there"


def _shelf(config: NodeConfig, inventory: NodeInventory) -> Shelf:
    alone = frozenset({config.id})
    return {folder: dict.fromkeys(files, alone) for folder, files in inventory.files.items()}


def _of_family(wanted: Wanted, standing: _Standing, others: Sequence[str]) -> Iterator[Finding]:
    needed = f"the preset {wanted.presets[0]} draws with {wanted.family}"
    if not standing.given:
        message = f"{needed}, which no node is given: add it to the capabilities of one that can, in gpus.yaml."
        yield (warn if wanted.by_default else ok)(Area.FILES, "family_not_given", message, wanted.family)
        return
    for node_id, lacks in standing.lacks.items():
        yield _missing(wanted, node_id, lacks, standing, others)
    stand_ins = {f"{each} on {node_id}" for node_id, has in standing.has.items() for each in has.stand_ins}
    if stand_ins:
        yield ok(Area.FILES, "file_stands_in", f"another file is taken: {_named(sorted(stand_ins))}.", wanted.family)


def _missing(wanted: Wanted, node_id: str, lacks: _Lacks, standing: _Standing, others: Sequence[str]) -> Finding:
    if standing.has:
        meanwhile = f"; until then {_named(sorted(standing.has))} draws all of {wanted.family}"
    elif others:
        meanwhile = f"; until then the hub draws with {others[0]} instead"
    else:
        meanwhile = ""
    needed_now = not standing.has and not others
    return Finding(
        area=Area.FILES,
        code="file_missing",
        state=State.WRONG if needed_now else State.WARN if wanted.by_default else State.OK,
        sentence=f"it {lacks.what}: {lacks.cure}{meanwhile}.",
        subject=node_id,
    )


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return f"{', '.join(names[:_MOST_NAMED])}{f' and {more} more' if more > 0 else ''}"
