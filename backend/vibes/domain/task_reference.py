"""References in a job's inputs: to another task's output, an upload, or an existing picture."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vibes.domain.ids import TaskId
from vibes.domain.pictures.picture import PictureOrigin, PictureReference

TASK_ID = r"[A-Za-z0-9_-]{1,64}"
_OUTPUT = re.compile(rf"@({TASK_ID})\.([A-Za-z_][A-Za-z0-9_]{{0,63}})(?:\[(0|[1-9][0-9]{{0,5}})\])?", re.ASCII)
_PICTURE = re.compile(rf"@?(?:{'|'.join(PictureOrigin)}):[A-Za-z0-9-]{{1,128}}", re.ASCII)

MAX_DEPTH = 32
"""Deepest nesting of lists and objects in an input."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class TaskOutput:
    """Written ``@task.output`` for a whole list, or ``@task.output[0]`` for one item, counted from 0."""

    task_id: TaskId
    output: str
    index: int | None = None

    def __str__(self) -> str:
        place = "" if self.index is None else f"[{self.index}]"
        return f"@{self.task_id}.{self.output}{place}"


Reference = TaskOutput | PictureReference


def parse_reference(text: str) -> Reference | None:
    """The reference if the whole text is one, so that a prompt may contain an @; else None.

    Pictures are ``@artifact:<id>`` and ``@generation:<id>``, with or without the @.
    """
    output = _OUTPUT.fullmatch(text)
    if output is not None:
        task_id, name, index = output.groups()
        return TaskOutput(TaskId(task_id), name, None if index is None else int(index))
    return PictureReference.parse(text.removeprefix("@")) if _PICTURE.fullmatch(text) else None


def texts_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a JSON value, with its place. Raises RecursionError beyond `MAX_DEPTH`."""
    if len(path) > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts_in(item, (*path, name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from texts_in(item, (*path, index))


def task_outputs_in(value: Any) -> Iterator[tuple[Path, TaskOutput]]:
    """Every reference to a task's output in a JSON value, with its place."""
    for path, text in texts_in(value):
        reference = parse_reference(text)
        if isinstance(reference, TaskOutput):
            yield path, reference
