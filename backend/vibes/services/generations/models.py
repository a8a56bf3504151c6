"""The fleet's model files, and which of them is used where a request names none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.generation import Generation
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import Operation, ParameterValue
from vibes.ports.storage import Storage
from vibes.services.fleet.shelves import FleetShelves
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.generations.spec_builder import choose_workflow
from vibes.workflows.definition.manifest import ANY_FAMILY, Workflow
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.library.library import Library
from vibes.workflows.models.file_families import guess_file
from vibes.workflows.models.model_choice import (
    MAIN_PARAMETERS,
    ChosenFile,
    FamilyOfFile,
    FileChoice,
    Knowledge,
    choose_files,
    family_of_file,
    model_parameters,
)

UNSURE, NO_FILE = "choose_checkpoint", "no_checkpoint"
"""Codes of the InvalidRequest for a family without a known file in the fleet."""

MAIN_FOLDERS = (ModelFolder.CHECKPOINTS, ModelFolder.DIFFUSION_MODELS)
_MOST_NAMED = 5
_NOT_TOLD = "no card has told yet what it has"
_NOT_GIVEN = "no card is given {0} in gpus.yaml: add it to the capabilities of one that can draw it"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A request with all its model files, and those that the hub chose."""

    workflow: Workflow
    family: str
    request: GenerationRequest
    chosen: tuple[ChosenFile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Try:
    """A workflow with the files that it would load."""

    workflow: Workflow
    values: Mapping[str, ParameterValue]
    """The request's values, by this workflow's parameter names."""
    choice: FileChoice

    def filled(self, family: str) -> Mapping[str, ParameterValue]:
        return {**workflow_defaults(self.workflow, family), **self.values, **self.choice.values}

    @property
    def lacks_its_main_file(self) -> bool:
        return self.choice.lacking is not None and self.choice.lacking.name in MAIN_PARAMETERS


@dataclass(frozen=True, slots=True)
class FamilyFile:
    """The file that a family is drawn with; without a ``file``: why there is none."""

    file: str | None
    why: str
    nodes: tuple[NodeId, ...] = ()
    unsure: tuple[str, ...] = ()
    """Files that may be of the family."""
    known: bool = True
    """False: nodes that may draw the family have not reported their files yet."""


class FleetModels:
    def __init__(self, storage: Storage, supervisor: NodeSupervisor) -> None:
        self._storage = storage
        self.shelves = FleetShelves(supervisor)
        self._said: dict[str, str] = {}
        self._preferred: dict[str, str] = {}
        self._drawn: dict[str, str] = {}
        self._learned_of: Sequence[object] | None = None

    async def load(self) -> None:
        """Load what people said; call it once."""
        notes = await self._storage.models.notes()
        self._said, self._preferred = dict(notes.families), dict(notes.preferred)

    async def learn(self) -> None:
        """For files whose names tell nothing: look up what was drawn with them, once for each change of the fleet."""
        fleet = self.shelves.state()
        if self._learned_of is fleet:
            return
        shelf = self.shelves.all()
        names = {name for folder in MAIN_FOLDERS for name in shelf[folder] if guess_file(name).family is None}
        for name in sorted(names - self._said.keys() - self._drawn.keys()):
            newest = await self._storage.models.newest_picture(name)
            if newest is not None:
                self._drawn[name] = newest.spec.model_family
        self._learned_of = fleet

    async def prefer(self, family: str, file: str | None) -> None:
        """Draw the family with this file from now on; None: choose again."""
        await self._storage.models.prefer(family, file)
        _set(self._preferred, family, file)

    async def say_family(self, file: str, family: str | None) -> None:
        """Set the file's family, whatever its name says; None: tell it by the name again."""
        await self._storage.models.say_family(file, family)
        _set(self._said, file, family)

    @property
    def preferred(self) -> Mapping[str, str]:
        """By family: the file that a person chose last."""
        return self._preferred

    def note(self, request: GenerationRequest, family: str) -> None:
        """A request named a file, as one of this family."""
        for name in MAIN_PARAMETERS:
            file = request.values.get(name)
            if isinstance(file, str) and guess_file(file).family is None:
                self._drawn[self.shelves.name_of(file)] = family

    def family_of(self, file: str, nodes: frozenset[NodeId], wanted: str | None = None) -> FamilyOfFile:
        """``wanted``: the answer where it is drawn as several."""
        return family_of_file(file, nodes, self.knowledge, wanted=wanted)

    def fit(self, library: Library, request: GenerationRequest, parents: Sequence[Generation]) -> Fitted:
        """Workflow, family and files for a request; what it names stays.

        Raises what `choose_workflow` raises; InvalidRequest ``choose_checkpoint`` when files of the fleet may or may
        not be of the family, ``no_checkpoint`` when it has none.
        """
        request = self._as_its_file_is(library, request, parents)
        usual, family = choose_workflow(library, request, parents)
        candidates = [usual]
        if request.workflow is None and family != ANY_FAMILY:
            candidates = library.candidates(family, usual.operation, loras=len(request.loras))
        tries = self._tries(family, candidates, request)
        best = self._best(family, tries)
        if best is None and request.workflow is not None:
            # no node has all its graph nodes: an option may remove some; otherwise that is reported
            best = self._best(family, self._tries(family, candidates, request, with_graph_nodes=False))
        if best is None:
            self._complain(library, family, usual.operation, tries)
            return Fitted(usual, family, request)
        filled = replace(request, values={**best.values, **best.choice.values})
        return Fitted(best.workflow, family, filled, (*self._doubts(best, family), *best.choice.files))

    def files_for(
        self, workflow: Workflow, family: str, values: Mapping[str, ParameterValue]
    ) -> Mapping[str, ParameterValue]:
        """The files to load besides those in ``values``, as far as they differ from the workflow's own."""
        return self._choose(workflow, family, values).values

    def drawable(self, workflow: Workflow, family: str) -> bool:
        """Whether some node has every file that it loads."""
        return self._choose(workflow, family, {}).lacking is None

    def family_file(self, library: Library, family: str, operation: Operation) -> FamilyFile:
        """The file for a request that names only the family."""
        request = GenerationRequest(session_id=None, model_family=family)
        try:
            tries = self._tries(family, library.candidates(family, operation, loras=0), request)
            best = self._best(family, tries)
            if best is None:
                self._complain(library, family, operation, tries)
                known = not self.shelves.nodes_given(family, operation)
                return FamilyFile(None, _NOT_GIVEN.format(family) if known else _NOT_TOLD, known=known)
        except InvalidRequest as error:
            return FamilyFile(None, error.message, unsure=tuple(_unsure_of(tries)) if error.code == UNSURE else ())
        main = _main_of(best.workflow)
        if main is None:
            return FamilyFile(None, f"{best.workflow.name} loads none")
        name, folder, _ = main
        file = str(best.filled(family)[name])
        nodes = self.shelves.of(best.workflow, family)[folder].get(file, frozenset())
        why = next((each.why for each in best.choice.files if each.parameter == name), "what the workflow names")
        return FamilyFile(file, why, tuple(sorted(nodes)))

    def _tries(
        self, family: str, candidates: Sequence[Workflow], request: GenerationRequest, *, with_graph_nodes: bool = True
    ) -> list[_Try]:
        """Each workflow that has all parameters of the request, with the files for it."""
        tries = []
        for workflow in candidates:
            values = request.values
            if request.workflow is None:
                placed = self._placed(workflow, family, values)
                if placed is None:
                    continue
                values = placed
            choice = self._choose(workflow, family, values, with_graph_nodes=with_graph_nodes)
            tries.append(_Try(workflow, values, choice))
        return tries

    def _placed(
        self, workflow: Workflow, family: str, values: Mapping[str, ParameterValue]
    ) -> Mapping[str, ParameterValue] | None:
        """The request's values by this workflow's names; None when it lacks a parameter or the file.

        A ``checkpoint`` of the request may be in any of the main folders, under another parameter of the workflow.
        """
        main = _main_of(workflow)
        asked = values.get("checkpoint")
        if main is not None and isinstance(asked, str):
            name, folder, gguf = main
            file = self.shelves.canonical(folder, asked)
            shelf = self.shelves.of(workflow, family).get(folder, {})
            if file is None or file not in shelf or file.lower().endswith(".gguf") != gguf:
                return None
            values = {**{key: value for key, value in values.items() if key != "checkpoint"}, name: file}
        return values if values.keys() <= workflow.parameters.keys() else None

    def _best(self, family: str, tries: Sequence[_Try]) -> _Try | None:
        """The first for which some node has all files; one with the preferred file comes before others."""
        found = [each for each in tries if each.choice.lacking is None]
        wanted = self._preferred.get(family)
        preferred = [each for each in found if wanted is not None and wanted in each.filled(family).values()]
        return next(iter([*preferred, *found]), None)

    def _choose(
        self,
        workflow: Workflow,
        family: str,
        values: Mapping[str, ParameterValue],
        *,
        with_graph_nodes: bool = True,
    ) -> FileChoice:
        return choose_files(
            workflow,
            family,
            {**workflow_defaults(workflow, family), **values},
            self.shelves.of(workflow, family, with_graph_nodes=with_graph_nodes),
            self.knowledge,
            named=values.keys(),
        )

    @property
    def knowledge(self) -> Knowledge:
        """About model files, as of now."""
        return Knowledge(
            said=self._said,
            preferred=self._preferred,
            drawn=self._drawn,
            given=self.shelves.families_given(),
            told=self.shelves.families_told(),
            paid=self.shelves.paid_files(),
        )

    def _as_its_file_is(
        self, library: Library, request: GenerationRequest, parents: Sequence[Generation]
    ) -> GenerationRequest:
        """A request that names a file and no family means the file's family."""
        file = request.values.get("checkpoint")
        if request.model_family or request.workflow or parents or not isinstance(file, str):
            return request
        family = self.family_of(file, self.shelves.nodes_with(file)).family
        return replace(request, model_family=family) if family in library.families() else request

    def _doubts(self, best: _Try, family: str) -> Iterator[ChosenFile]:
        """A requested file that seems to be of another family."""
        for name in MAIN_PARAMETERS:
            file = best.values.get(name)
            if isinstance(file, str) and family != ANY_FAMILY:
                told = self.family_of(file, self.shelves.nodes_with(file), family)
                if told.family not in {None, family}:
                    yield ChosenFile(name, file, f"as asked for, although it is of {told.family} {told.why}")

    def _complain(self, library: Library, family: str, operation: Operation, tries: Sequence[_Try]) -> None:
        """Raises InvalidRequest when certainly nothing fits; other mistakes are reported elsewhere."""
        nodes = self.shelves.nodes_given(family, operation)
        if not tries or not nodes or self.shelves.not_answered(family, operation):
            return
        refusals = self.shelves.refusals(tries[0].workflow, family)
        if set(refusals) == set(nodes):  # none of them has files that one could put there
            message = "; ".join(f"{node_id} {' and '.join(reasons)}" for node_id, reasons in refusals.items())
            raise InvalidRequest(message, code=NO_FILE, problems=[Problem("model_family", message)])
        unsure = _unsure_of(tries)
        furthest = next((each for each in tries if not each.lacks_its_main_file), tries[0])
        parameter = furthest.choice.lacking
        name = parameter.name if parameter else "checkpoint"
        if not furthest.lacks_its_main_file:
            code, message = NO_FILE, _lacks_a_part(furthest, family)
        elif unsure:
            code, name = UNSURE, "checkpoint"
            message = (
                f"the names of {named(unsure)} do not tell whether they are of {family}: "
                "name the one to draw with as checkpoint, or choose it in the studio, which remembers it"
            )
        else:
            code, name = NO_FILE, "checkpoint"
            message = f"no card has a checkpoint of {family}; {self._cure(library, family, operation, nodes)}"
        raise InvalidRequest(message, code=code, problems=[Problem(name, message)])

    def _cure(self, library: Library, family: str, operation: Operation, nodes: Sequence[NodeId]) -> str:
        there_is = []
        for other in library.families():
            if library.offers(other, operation):
                candidates = library.candidates(other, operation, loras=0)
                best = self._best(other, self._tries(other, candidates, GenerationRequest(session_id=None)))
                main = _main_of(best.workflow) if best else None
                if best is not None and main is not None:
                    there_is.append(f"{other} ({best.filled(other)[main[0]]})")
        put = f"put one into models/checkpoints of {named(nodes, 'or')}"
        return f"{put}, or ask for {named(there_is, 'or')}" if there_is else put


def named(names: Sequence[str], last: str = "and") -> str:
    """``a, b and c``; of many only the first ones."""
    shown = [*names[:_MOST_NAMED], *([f"{len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def _lacks_a_part(each: _Try, family: str) -> str:
    parameter = each.choice.lacking
    values = workflow_defaults(each.workflow, family)
    what = f"{parameter.name.replace('_', ' ')} {values.get(parameter.name)}" if parameter else "files"
    return f"no card has all that {each.workflow.name} needs for {family}: beside its model the {what} is missing"


def _main_of(workflow: Workflow) -> tuple[str, ModelFolder, bool] | None:
    """The parameter of the family's main file, its folder, and whether it needs GGUF."""
    found = ((parameter.name, folder, gguf) for parameter, folder, gguf in model_parameters(workflow))
    return next((each for each in found if each[0] in MAIN_PARAMETERS), None)


def _unsure_of(tries: Sequence[_Try]) -> list[str]:
    return sorted({file for each in tries for file in each.choice.unsure})


def _set(mapping: dict[str, str], key: str, value: str | None) -> None:
    if value is None:
        mapping.pop(key, None)
    else:
        mapping[key] = value
