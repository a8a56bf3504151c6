"""Reads the inputs of one task against its workflow: values, pictures, seed, LoRAs and references to other tasks."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from vibes.domain.errors import InvalidRequest
from vibes.domain.ids import NodeId
from vibes.domain.pictures.seed import seed_of
from vibes.domain.pictures.spec import LoraSpec, ParameterValue
from vibes.domain.prompting.style import MOST_APPLIED
from vibes.domain.task_reference import Path, Reference, TaskOutput, parse_reference, texts_in
from vibes.workflows.definition.hints import shown
from vibes.workflows.definition.manifest import Parameter, ParameterKind, Workflow
from vibes.workflows.filling.parameters import lora_problems, resolve
from vibes.workflows.tasks.task_types import BESIDE_PARAMETERS, COUNT, LORAS, MODEL_FAMILY, STYLES, WILDCARDS

SEED = "seed"
RANDOM_SEED = "random"
MOST_PICTURES_NAMED = 1000


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong input; the path starts at the inputs."""

    path: Path
    message: str


@dataclass(slots=True)
class TaskInputs:
    """The inputs; references stay unresolved until the tasks that they name have ended."""

    count: int = 1
    """Number of pictures made from each input picture."""
    seed: int | TaskOutput | None = None
    """None: random."""
    values: dict[str, ParameterValue] = field(default_factory=dict)
    pictures: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    """By parameter; with several pictures, each is used in turn."""
    loras: tuple[LoraSpec, ...] = ()
    preferred_node: NodeId | None = None
    styles: tuple[str, ...] = field(init=False, default=())
    """Styles and characters laid over the prompt, by id or name."""
    wildcards: bool = field(init=False, default=False)
    """Whether ``__name__`` and ``{a|b}`` in the prompts are drawn."""


class InputReader:
    """Reads the inputs of one task and collects every mistake."""

    def __init__(self, workflow: Workflow, family: str) -> None:
        self._workflow = workflow
        self._family = family
        self.found = TaskInputs()
        self.mistakes: list[Mistake] = []

    def read(self, given: Mapping[str, Any]) -> TaskInputs:
        for name, value in given.items():
            if value is not None:
                self._read_one(name, value)
        self._check_pictures_are_there(given)
        self._check_values()
        return self.found

    def _read_one(self, name: str, value: Any) -> None:
        parameter = self._workflow.parameters.get(name)
        if name in BESIDE_PARAMETERS and parameter is None:
            self._read_beside(name, value)
        elif parameter is not None and parameter.kind.is_picture:
            self._read_pictures(parameter, value)
        elif name == SEED and parameter is not None:
            self._read_seed(value)
        elif parameter is None or self._holds_no_reference(parameter, value):
            self.found.values[name] = value

    def _read_beside(self, name: str, value: Any) -> None:
        if name == LORAS:
            self._read_loras(value)
        elif name == COUNT:
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                self._complain((name,), f"count must be a whole number of at least 1, not {shown(value)}")
            else:
                self.found.count = value
        elif name == MODEL_FAMILY:
            if value != self._family:
                self._complain((name,), f"model_family must be one of this type's families, not {shown(value)}")
        elif name in {STYLES, WILDCARDS}:
            self._read_wording(name, value)
        elif isinstance(value, str):
            self.found.preferred_node = NodeId(value)
        else:
            self._complain((name,), f"preferred_gpu must be the id of a node, not {shown(value)}")

    def _read_wording(self, name: str, value: Any) -> None:
        if "prompt" not in self._workflow.parameters:
            self._complain((name,), f"{name} needs a prompt, which this type has not")
        elif name == WILDCARDS:
            if isinstance(value, bool):
                self.found.wildcards = value
            else:
                self._complain((name,), f"wildcards must be true or false, not {shown(value)}")
        elif isinstance(value, list) and len(value) <= MOST_APPLIED and all(isinstance(each, str) for each in value):
            self.found.styles = tuple(value)
        else:
            self._complain((name,), f"styles must be a list of up to {MOST_APPLIED} names, not {shown(value)}")

    def _read_pictures(self, parameter: Parameter, value: Any) -> None:
        name = parameter.name
        several = isinstance(value, list)
        items = value if several else [value]
        if not items or len(items) > MOST_PICTURES_NAMED:
            self._complain((name,), f"{name} must name between 1 and {MOST_PICTURES_NAMED} pictures, not {len(items)}")
            return
        references = []
        for index, item in enumerate(items):
            reference = parse_reference(item) if isinstance(item, str) else None
            if reference is None:
                path = (name, index) if several else (name,)
                self._complain(path, f"{name} must be {_how_to_name(parameter)}, not {shown(item)}")
            else:
                references.append(reference)
        self.found.pictures[name] = tuple(references)

    def _read_seed(self, value: Any) -> None:
        reference = parse_reference(value) if isinstance(value, str) else None
        if isinstance(reference, TaskOutput):
            self.found.seed = reference
        elif value != RANDOM_SEED:
            seed = seed_of(value)
            self.found.seed = value if seed is None else seed  # checked with the other values

    def _holds_no_reference(self, parameter: Parameter, value: Any) -> bool:
        for path, text in _texts(value):
            if parse_reference(text) is not None and text.startswith("@"):
                hint = "; begin it with a space if it is meant as text" if isinstance(value, str) else ""
                self._complain((parameter.name, *path), f"{parameter.name} cannot be the reference {text}{hint}")
                return False
        return True

    def _read_loras(self, value: Any) -> None:
        if not isinstance(value, list):
            self._complain((LORAS,), f"loras must be a list of objects with a name, not {shown(value)}")
            return
        loras = []
        for index, item in enumerate(value):
            match item:
                case {"name": str(name)} if not set(item) - {"name", "strength_model", "strength_clip"}:
                    strength = item.get("strength_model", 1.0)
                    clip = item.get("strength_clip")
                    loras.append((index, name, strength, strength if clip is None else clip))
                case _:
                    message = "a LoRA is an object with name, strength_model and strength_clip"
                    self._complain((LORAS, index), f"{message}, not {shown(item)}")
        wrong = [index for index, _, *strengths in loras if not all(map(_is_number, strengths))]
        for index in wrong:
            self._complain((LORAS, index), "the strengths of a LoRA must be numbers")
        self.found.loras = tuple(
            LoraSpec(name, model, clip) for index, name, model, clip in loras if index not in wrong
        )
        for problem in lora_problems(self._workflow, self.found.loras):
            self._complain(_path_of(problem.field), problem.message)

    def _check_pictures_are_there(self, given: Mapping[str, Any]) -> None:
        for parameter in self._workflow.parameters.values():
            if parameter.kind.is_picture and parameter.default is None and given.get(parameter.name) is None:
                how = _how_to_name(parameter)
                self._complain((parameter.name,), f"{parameter.name} is required: {how}")

    def _check_values(self) -> None:
        seed = self.found.seed
        values: dict[str, object] = dict(self.found.values)
        if SEED in self._workflow.parameters:
            values[SEED] = 0 if seed is None or isinstance(seed, TaskOutput) else seed
        already = {mistake.path[0] for mistake in self.mistakes}
        try:
            resolve(self._workflow, self._family, values)
        except InvalidRequest as error:
            for problem in error.problems:
                if problem.field not in already:
                    self._complain((problem.field,), problem.message)

    def _complain(self, path: Path, message: str) -> None:
        self.mistakes.append(Mistake(path, message))


def _texts(value: Any) -> Iterator[tuple[Path, str]]:
    """Every text with its place; not deeper than the limit, beyond which the value is refused anyway."""
    with suppress(RecursionError):
        yield from texts_in(value)


def _how_to_name(parameter: Parameter) -> str:
    if parameter.kind is ParameterKind.MASK:
        return "@artifact:<id> of an upload to /api/artifacts, or the map that a preprocessing task makes"
    return "@<task>.images, @<task>.images[0], @generation:<id>, or @artifact:<id> of an upload to /api/artifacts"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _path_of(field: str) -> Path:
    return tuple(int(part) if part.isdecimal() else part for part in field.split("."))
