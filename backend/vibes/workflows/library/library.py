"""The workflows in force: found by name, or chosen for a family and an operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vibes.domain.errors import DocumentProblem, InvalidRequest, NotFound, Problem
from vibes.domain.pictures.spec import Operation
from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.definition.manifest import ANY_FAMILY, Workflow
from vibes.workflows.library.layers import Layer, Origin, Reading, read_layers


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The usable workflows, and what is wrong with the others. Each reading makes a new library."""

    workflows: Mapping[str, Workflow]
    problems: tuple[DocumentProblem, ...]
    warnings: tuple[DocumentProblem, ...] = ()
    """Possible mistakes that do not prevent use."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Where each workflow comes from."""
    stale: frozenset[str] = frozenset()
    """Workflows whose newest text is broken; the last good version is used."""

    def get(self, name: str) -> Workflow:
        """Raises NotFound, naming near names."""
        if name not in self.workflows:
            raise NotFound(f"there is no workflow {shown(name)}{did_you_mean(name, self.workflows)}")
        return self.workflows[name]

    def families(self) -> tuple[str, ...]:
        """Every family that some workflow is for, sorted."""
        families = {family for workflow in self.workflows.values() for family in workflow.families}
        return tuple(sorted(families - {ANY_FAMILY}))

    def offers(self, family: str, operation: Operation) -> bool:
        return any(each.serves(family) and each.operation is operation for each in self.workflows.values())

    def select(self, family: str, operation: Operation, *, loras: int) -> Workflow:
        """The first of `candidates`."""
        return self.candidates(family, operation, loras=loras)[0]

    def candidates(self, family: str, operation: Operation, *, loras: int) -> list[Workflow]:
        """The workflows for a family and an operation that take this many LoRAs, best first; at least one.

        Preferred, in this order: made for the family rather than for any; shipped, or replacing a shipped one, rather
        than added; without LoRAs those that take none; earlier in the manifest. Raises InvalidRequest:
        ``unknown_family``, or ``no_workflow`` with what there is.
        """
        serving = [workflow for workflow in self.workflows.values() if workflow.serves(family)]
        if not serving or (family not in self.families() and family != ANY_FAMILY):
            hint = did_you_mean(family, self.families())
            message = f"unknown model family {shown(family)}{hint}"
            raise InvalidRequest(message, code="unknown_family", problems=[Problem("model_family", message)])
        able = [each for each in serving if each.operation is operation and each.max_loras >= loras]
        if not able:
            message = _nothing_able(family, operation, loras, serving)
            field = "loras" if any(each.operation is operation for each in serving) else "model_family"
            raise InvalidRequest(message, code="no_workflow", problems=[Problem(field, message)])
        return sorted(
            able,
            key=lambda each: (family not in each.families, self._rank(each), each.supports_lora and not loras),
        )

    def _rank(self, workflow: Workflow) -> int:
        origin = self.origins.get(workflow.name)
        return origin.rank if origin else 0


def build_library(sources: Mapping[str, str]) -> Library:
    """The workflows of one folder, from texts by path below it (see `Layer`)."""
    return library_of(read_layers([Layer("", sources)]))


def library_of(reading: Reading) -> Library:
    """The library of a first reading."""
    return Library(
        workflows=reading.workflows,
        problems=tuple(dict.fromkeys(reading.problems)),
        warnings=tuple(dict.fromkeys(reading.warnings)),
        origins=reading.origins,
    )


def _nothing_able(family: str, operation: Operation, loras: int, serving: list[Workflow]) -> str:
    same = [workflow for workflow in serving if workflow.operation is operation]
    if same:
        most = max(same, key=lambda workflow: workflow.max_loras)
        limit = f"{most.name} takes at most {most.max_loras}" if most.supports_lora else "none of them takes any"
        return f"no {operation} workflow for {family} takes {loras} LoRA{'s' if loras > 1 else ''}: {limit}"
    there_is = ", ".join(sorted(f"{workflow.operation} ({workflow.name})" for workflow in serving))
    return f"there is no {operation} workflow for {family}; there is {there_is}"
