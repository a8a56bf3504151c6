"""The types of a job's tasks: each stands for the workflows of one family that do one thing, or for one workflow.

``sd15.text2img``, ``sdxl.inpaint``, ``controlnet.preprocess``, ``upscale.esrgan`` … follow from the library. A workflow
that would be the first choice of none of them is a type of its own, ``workflow.<name>``.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from vibes.domain.pictures.spec import Operation
from vibes.workflows.definition.manifest import ANY_FAMILY, ParameterKind, Workflow
from vibes.workflows.library.library import Library

WORKFLOW_PREFIX = "workflow."

COUNT, LORAS, PREFERRED_GPU, MODEL_FAMILY = "count", "loras", "preferred_gpu", "model_family"
STYLES, WILDCARDS = "styles", "wildcards"
BESIDE_PARAMETERS = frozenset({COUNT, LORAS, PREFERRED_GPU, MODEL_FAMILY, STYLES, WILDCARDS})
"""Inputs of every task that are not parameters of its workflow."""

_WORDS: Mapping[Operation, str] = {
    Operation.TXT2IMG: "text2img",
    Operation.CONTROLNET: "controlnet.text2img",
}
"""Operations that have another name in types than in the library."""


class OutputKind(StrEnum):
    """What the items of a task's output are."""

    PICTURE = "picture"
    MAP = "map"
    """A picture computed from another one: edges, depth, a mask."""
    SEED = "seed"

    def fits(self, kind: ParameterKind) -> bool:
        """Whether it can be the value of a parameter of this kind."""
        return kind in _FITTING[self]


_FITTING: Mapping[OutputKind, Collection[ParameterKind]] = {
    OutputKind.PICTURE: {ParameterKind.IMAGE},
    OutputKind.MAP: {ParameterKind.IMAGE, ParameterKind.MASK},
    OutputKind.SEED: {ParameterKind.SEED},
}


@dataclass(frozen=True, slots=True)
class JobTaskType:
    name: str
    operation: Operation
    workflows: tuple[tuple[str, Workflow], ...]
    """The workflows that do it, each with its family; the first is the usual one."""

    @property
    def usual(self) -> Workflow:
        return self.workflows[0][1]

    @property
    def outputs(self) -> dict[str, OutputKind]:
        """Outputs by name; each is a list in the order in which its pictures were asked for."""
        made = OutputKind.MAP if self.operation is Operation.PREPROCESS else OutputKind.PICTURE
        return {"images": made, "seeds": OutputKind.SEED}

    @property
    def max_loras(self) -> int:
        return max(workflow.max_loras for _, workflow in self.workflows)

    @property
    def families(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(family for family, _ in self.workflows))

    def choose(
        self,
        inputs: Collection[str],
        loras: int,
        family: str | None = None,
        drawable: Callable[[Workflow, str], bool] = lambda _, __: True,
    ) -> tuple[str, Workflow]:
        """The first workflow, with its family, that has all these inputs and lacks no picture; if there is none, the
        one whose problems are reported. A ``drawable`` one is preferred to one whose files the fleet lacks."""
        able = [each for each in self.workflows if family in {None, each[0]}] or list(self.workflows)
        able = [each for each in able if each[1].max_loras >= loras] or able
        pictures = {name for _, workflow in able for name in _pictures(workflow)} & set(inputs)
        starting = [each for each in able if pictures <= _pictures(each[1])]
        knowing = [each for each in starting if set(inputs) <= set(each[1].parameters) | BESIDE_PARAMETERS]
        complete = [each for each in knowing if _pictures_needed(each[1]) <= set(inputs)]
        if len(complete) > 1 and not drawable(complete[0][1], complete[0][0]):
            complete.sort(key=lambda each: not drawable(each[1], each[0]))
        return [*complete, *knowing, *starting, *able][0]


@lru_cache(maxsize=2)
def job_task_types(library: Library) -> Mapping[str, JobTaskType]:
    """Every type by name: families in alphabetical order, then types without a family. Computed once for each
    library."""
    types = {each.name: each for each in _by_family(library)}
    usual = {each.usual.name for each in types.values()}
    for workflow in library.workflows.values():
        if workflow.name not in usual:
            alone = _alone(workflow)
            types[alone.name] = alone
    return types


def find_task_type(library: Library, types: Mapping[str, JobTaskType], name: str) -> JobTaskType | None:
    """The type of this name; ``workflow.<name>`` also finds a workflow that has a shorter type."""
    workflow = library.workflows.get(name.removeprefix(WORKFLOW_PREFIX)) if name.startswith(WORKFLOW_PREFIX) else None
    return types.get(name) or (_alone(workflow) if workflow else None)


def _by_family(library: Library) -> list[JobTaskType]:
    found = []
    for family in (*library.families(), ANY_FAMILY):
        serving = [workflow for workflow in library.workflows.values() if family in workflow.families]
        for operation in Operation:
            able = sorted(
                (workflow for workflow in serving if workflow.operation is operation),
                key=lambda each: _rank(library, each),
            )
            found += _types(family, operation, _of_first_folder(library, able))
    return found


def _types(family: str, operation: Operation, able: list[Workflow]) -> list[JobTaskType]:
    if not able:
        return []
    if family == ANY_FAMILY and operation is Operation.UPSCALE:
        return [
            JobTaskType(f"upscale.{each.name.removeprefix('upscale_')}", operation, ((family, each),)) for each in able
        ]
    word = _WORDS.get(operation, operation.value)
    name = f"{family}.{word}"
    if family == ANY_FAMILY and operation is Operation.PREPROCESS:
        name = "controlnet.preprocess"
    return [JobTaskType(name, operation, tuple((family, each) for each in able))]


def _of_first_folder(library: Library, able: list[Workflow]) -> list[Workflow]:
    """Without those of later folders, which are types of their own: one that is added changes no type that is there."""
    return [each for each in able if _folder(library, each) == _folder(library, able[0])]


def _folder(library: Library, workflow: Workflow) -> int:
    origin = library.origins.get(workflow.name)
    return origin.rank if origin else 0


def _rank(library: Library, workflow: Workflow) -> tuple[int, bool, bool]:
    """Sort key: shipped before added, and ``sdxl_controlnet`` before ``sdxl_controlnet_canny``, since a chain of tasks
    has the control picture ready."""
    plain = workflow.name.endswith(f"_{workflow.operation.value}")
    is_lora_txt2img = workflow.supports_lora and workflow.operation is Operation.TXT2IMG
    return (_folder(library, workflow), not plain, is_lora_txt2img)


def _alone(workflow: Workflow) -> JobTaskType:
    families = sorted(workflow.families or {ANY_FAMILY})
    usual = next(iter(workflow.family_defaults), families[0])
    ordered = [usual, *(family for family in families if family != usual)]
    return JobTaskType(
        f"{WORKFLOW_PREFIX}{workflow.name}", workflow.operation, tuple((family, workflow) for family in ordered)
    )


def _pictures(workflow: Workflow) -> set[str]:
    return {parameter.name for parameter in workflow.parameters.values() if parameter.kind.is_picture}


def _pictures_needed(workflow: Workflow) -> set[str]:
    return {
        parameter.name
        for parameter in workflow.parameters.values()
        if parameter.kind.is_picture and parameter.default is None
    }
