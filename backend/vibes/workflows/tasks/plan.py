"""Checks a whole job before anything of it is queued: every mistake at once, each with its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import fullmatch
from typing import Any

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.ids import TaskId
from vibes.domain.pictures.picture import PictureReference
from vibes.domain.task_reference import (
    MAX_DEPTH,
    TASK_ID,
    Path,
    TaskOutput,
    parse_reference,
    task_outputs_in,
    texts_in,
)
from vibes.text.json_pointer import json_pointer
from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.definition.manifest import ParameterKind, Workflow
from vibes.workflows.library.library import Library
from vibes.workflows.tasks.inputs import InputReader, TaskInputs
from vibes.workflows.tasks.task_types import LORAS, MODEL_FAMILY, JobTaskType, find_task_type, job_task_types

Drawable = Callable[[Workflow, str], bool]

MAX_TASKS = 100
MAX_PROBLEMS = 20
_MOST_LOOKED_FOR = 50
"""After so many mistakes the rest is not checked: each costs a search for similar names."""
MAX_RETURNED = 10_000
"""Most pictures and seeds that a result may name."""

INVALID_JOB = "invalid_job"

_TASKS: Path = ("payload", "tasks")
_RETURN: Path = ("payload", "return")


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A task as submitted."""

    id: str
    type: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A valid task."""

    id: TaskId
    type: JobTaskType
    family: str
    workflow: Workflow
    raw: Mapping[str, Any]
    inputs: TaskInputs
    total: int
    """Number of pictures that it makes."""


@dataclass(frozen=True, slots=True)
class JobPlan:
    tasks: tuple[TaskPlan, ...]
    returned: Any

    @property
    def total(self) -> int:
        return sum(task.total for task in self.tasks)

    def pictures(self) -> Iterator[tuple[Path, PictureReference]]:
        """Pictures that must exist already, each with its place in the body."""
        for index, task in enumerate(self.tasks):
            for name, references in task.inputs.pictures.items():
                several = isinstance(task.raw[name], list)
                for number, reference in enumerate(references):
                    if isinstance(reference, PictureReference):
                        yield (*_TASKS, index, "inputs", name, *((number,) if several else ())), reference


def invalid_job(mistakes: Sequence[tuple[Path, str]]) -> InvalidRequest:
    """The error that lists each mistake with its JSON Pointer into the body."""
    problems = [Problem(".".join(map(str, path)), message, json_pointer(path)) for path, message in mistakes]
    listing = "; ".join(f"{problem.pointer}: {problem.message}" for problem in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""  # noqa: PLR2004 - the three that are listed
    return InvalidRequest(f"{listing}{more}", code=INVALID_JOB, problems=problems[:MAX_PROBLEMS])


def inputs_path(index: int) -> Path:
    """Where the task's inputs are in the body."""
    return (*_TASKS, index, "inputs")


def plan_job(
    tasks: Sequence[TaskRequest],
    returned: Any,
    library: Library,
    max_pictures: int,
    drawable: Drawable = lambda _, __: True,
) -> JobPlan:
    """The plan of a job. Raises InvalidRequest, ``invalid_job``, with every mistake.

    ``max_pictures``: most pictures of one task. ``drawable``: whether the fleet has the files of a workflow for a
    family; such a workflow is preferred. ``returned``: None means all pictures of the last task.
    """
    return _JobReader(tasks, library, max_pictures, drawable).read(returned)


class _JobReader:
    def __init__(self, tasks: Sequence[TaskRequest], library: Library, max_pictures: int, drawable: Drawable) -> None:
        self._drawable = drawable
        self._tasks = tasks
        self._library = library
        self._max_pictures = max_pictures
        self._types = job_task_types(library)
        self._places: dict[str, int] = {}
        """By id: the task's place; the first one if an id occurs twice."""
        self._kinds: dict[str, JobTaskType] = {}
        """By id: the task's type, where known."""
        self._totals: dict[str, int] = {}
        """By id: number of pictures, where known."""
        self._needs: dict[int, list[int]] = {}
        """By place: the places of the tasks that it refers to, as far as they were looked up."""
        self._mistakes: list[tuple[Path, str]] = []

    def read(self, returned: Any) -> JobPlan:
        if not 1 <= len(self._tasks) <= MAX_TASKS:
            raise invalid_job([(_TASKS, f"a job has between 1 and {MAX_TASKS} tasks, not {len(self._tasks)}")])
        for index, task in enumerate(self._tasks):
            self._read_id(index, task.id)
            found = find_task_type(self._library, self._types, task.type)
            if found is None:
                hint = did_you_mean(task.type, self._types)
                self._complain((*_TASKS, index, "type"), f"unknown task type {shown(task.type)}{hint}")
            elif self._places[task.id] == index:
                self._kinds[task.id] = found
        plans = [plan for index, task in enumerate(self._tasks) if (plan := self._read_task(index, task))]
        if returned is None:
            returned = f"@{self._tasks[-1].id}.images"
        else:
            self._check_returned(returned)
        if self._mistakes:
            raise invalid_job(self._mistakes)
        return JobPlan(tuple(plans), returned)

    def _read_id(self, index: int, task_id: str) -> None:
        path = (*_TASKS, index, "id")
        if not fullmatch(TASK_ID, task_id):
            self._complain(path, f"an id is 1 to 64 letters, digits, _ and -, not {shown(task_id)}")
        if task_id in self._places:
            self._complain(path, f"the id {shown(task_id)} is given twice; task {self._places[task_id]} has it")
        self._places.setdefault(task_id, index)

    def _read_task(self, index: int, task: TaskRequest) -> TaskPlan | None:
        task_type = find_task_type(self._library, self._types, task.type)
        if not self._check_references(index, task) or task_type is None:
            return None
        names = {name for name, value in task.inputs.items() if value is not None}
        loras = task.inputs.get(LORAS)
        wanted = task.inputs.get(MODEL_FAMILY)
        number = len(loras) if isinstance(loras, list) else 0
        family, workflow = task_type.choose(names, number, wanted if isinstance(wanted, str) else None, self._drawable)
        reader = InputReader(workflow, family)
        inputs = reader.read(task.inputs)
        for mistake in reader.mistakes:
            self._complain((*inputs_path(index), *mistake.path), mistake.message)
        self._check_kinds(index, workflow, inputs)
        total = self._total(index, inputs)
        if total is None:
            return None
        self._totals.setdefault(task.id, total)
        return TaskPlan(TaskId(task.id), task_type, family, workflow, task.inputs, inputs, total)

    def _check_references(self, index: int, task: TaskRequest) -> bool:
        """Check that each reference names an earlier task, an existing output and an existing picture of it."""
        before = len(self._mistakes)
        try:
            references = list(task_outputs_in(task.inputs))
        except RecursionError:
            self._complain(inputs_path(index), f"inputs may be nested {MAX_DEPTH} deep")
            return False
        for path, reference in references:
            message = self._misplaced(index, reference) or self._unfulfilled(reference)
            if message:
                self._complain((*inputs_path(index), *path), message)
        return len(self._mistakes) == before

    def _misplaced(self, index: int, reference: TaskOutput) -> str | None:
        place = self._places.get(reference.task_id)
        if place is None:
            hint = did_you_mean(reference.task_id, self._places)
            return f"{reference}: there is no task {shown(str(reference.task_id))}{hint}"
        if place < index:
            return None
        if place == index or self._leads_to(place, index):
            return f"{reference}: a cycle, task {self._tasks[index].id} would wait for itself"
        return f"{reference}: task {reference.task_id} comes later; put it before task {self._tasks[index].id}"

    def _leads_to(self, start: int, goal: int) -> bool:
        """Whether the task at ``start`` needs the one at ``goal``, directly or through others."""
        seen: set[int] = set()
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place == goal:
                return True
            if place not in seen:
                seen.add(place)
                waiting += self._needed_by(place)
        return False

    def _needed_by(self, place: int) -> list[int]:
        if place not in self._needs:
            try:
                references = [reference for _, reference in task_outputs_in(self._tasks[place].inputs)]
            except RecursionError:
                references = []
            needed = (self._places[each.task_id] for each in references if each.task_id in self._places)
            self._needs[place] = list(dict.fromkeys(needed))
        return self._needs[place]

    def _unfulfilled(self, reference: TaskOutput) -> str | None:
        task_type = self._kinds.get(reference.task_id)
        if task_type is None:
            return None  # its own type is already reported
        if reference.output not in task_type.outputs:
            return f"{reference}: {task_type.name} has no output {reference.output}{_known(task_type)}"
        total = self._totals.get(reference.task_id)
        if total is not None and reference.index is not None and reference.index >= total:
            return f"{reference}: task {reference.task_id} makes {total}, the last is [{total - 1}]"
        return None

    def _check_kinds(self, index: int, workflow: Workflow, inputs: TaskInputs) -> None:
        for name, references in inputs.pictures.items():
            kind = workflow.parameters[name].kind
            for number, reference in enumerate(references):
                several = isinstance(self._tasks[index].inputs[name], list)
                path = (*inputs_path(index), name, *((number,) if several else ()))
                if isinstance(reference, TaskOutput):
                    self._check_kind(path, kind, reference)
        if isinstance(inputs.seed, TaskOutput):
            path = (*inputs_path(index), "seed")
            self._check_kind(path, ParameterKind.SEED, inputs.seed)
            if inputs.seed.index is None:
                self._complain(path, f"seed takes one, not a list: {inputs.seed}[0]")

    def _check_kind(self, path: Path, kind: ParameterKind, reference: TaskOutput) -> None:
        task_type = self._kinds.get(reference.task_id)
        output = task_type.outputs.get(reference.output) if task_type else None
        if output is not None and not output.fits(kind):
            hint = ""
            if kind is ParameterKind.MASK:
                hint = "; a mask is @artifact:<id> of an upload, or the map that a preprocessing task makes"
            self._complain(path, f"{reference} is a {output}, and this takes a {kind}{hint}")

    def _total(self, index: int, inputs: TaskInputs) -> int | None:
        """Number of pictures; None when unknown or already reported."""
        sizes = {name: self._size(references) for name, references in inputs.pictures.items()}
        most = 1
        for name, size in sizes.items():
            if size is None:
                return None
            if size > 1 and most not in {1, size}:
                message = f"{name} names {size} pictures where another input names {most}; name as many, or one for all"
                self._complain((*inputs_path(index), name), message)
                return None
            most = max(most, size)
        total = inputs.count * most
        if total > self._max_pictures:
            message = f"the task would make {total} pictures; at most {self._max_pictures} are possible"
            self._complain((*inputs_path(index), "count"), message)
            return None
        return total

    def _size(self, references: Sequence[TaskOutput | PictureReference]) -> int | None:
        size = 0
        for reference in references:
            if isinstance(reference, PictureReference) or reference.index is not None:
                size += 1
            elif reference.task_id in self._totals:
                size += self._totals[reference.task_id]
            else:
                return None
        return size

    def _check_returned(self, returned: Any) -> None:
        try:
            texts = list(texts_in(returned))
        except RecursionError:
            self._complain(_RETURN, f"return may be nested {MAX_DEPTH} deep")
            return
        named = 0
        for path, text in texts:
            if not text.startswith("@"):
                continue
            reference = parse_reference(text)
            message = f"{shown(text)} must name a task's output, such as @{self._tasks[-1].id}.images"
            if isinstance(reference, TaskOutput):
                message = self._misplaced(len(self._tasks), reference) or self._unfulfilled(reference) or ""
            if message:
                self._complain((*_RETURN, *path), message)
            elif isinstance(reference, TaskOutput):
                named += 1 if reference.index is not None else self._totals.get(reference.task_id, 1)
        if named > MAX_RETURNED:
            self._complain(_RETURN, f"return names {named:,} pictures; at most {MAX_RETURNED:,} are possible")

    def _complain(self, path: Path, message: str) -> None:
        self._mistakes.append((path, message))
        if len(self._mistakes) >= _MOST_LOOKED_FOR:
            raise invalid_job(self._mistakes)


def _known(task_type: JobTaskType) -> str:
    return f"; it has {' and '.join(task_type.outputs)}"
