"""A job's file: keeps its lines for messages, and uploads its ``@file:`` pictures."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vibes.client import AsyncHubClient, FieldProblem, HubRefused, InvalidRequest
from vibes.documents.text_document import NotText, text_of
from vibes.documents.yaml_document import Path as Place
from vibes.documents.yaml_document import Position
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.domain.task_reference import MAX_DEPTH, texts_in
from vibes.environment.home_folder import at_home
from vibes.workflows.definition.json_document import parse_json

STDIN = "-"
FILE_PREFIX = "@file:"


@dataclass(frozen=True, slots=True)
class JobFile:
    name: str
    folder: Path
    """Where the named files are looked for."""
    body: dict[str, Any]
    positions: Mapping[Place, Position]

    def problems_of(self, refusal: HubRefused) -> InvalidDocument:
        """The hub's refusal, each mistake at its place in the file."""
        problems = refusal.problems or (FieldProblem("", refusal.message, ""),)
        return InvalidDocument([self.problem(self._place(each.pointer or ""), each.message) for each in problems])

    def problem(self, place: Place, message: str) -> DocumentProblem:
        """A problem at the value, or at its nearest ancestor in the file."""
        while place and place not in self.positions:
            place = place[:-1]
        return DocumentProblem(self.name, *self.positions.get(place, (0, 0)), message)

    def _place(self, pointer: str) -> Place:
        place: Place = ()
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            counted: Place = (*place, int(key)) if key.isascii() and key.isdecimal() else (*place, key)
            place = counted if counted in self.positions else (*place, key)
        return place


def read_job_file(given: str) -> JobFile:
    """Raises InvalidDocument, with line and column where known."""
    path = at_home(Path(given))
    name, folder = ("stdin", Path()) if given == STDIN else (given, path.parent)
    try:
        content = sys.stdin.buffer.read() if given == STDIN else path.read_bytes()
        text = text_of(content)
    except OSError as error:
        raise InvalidDocument([DocumentProblem(name, 0, 0, f"cannot be read: {error.strerror}")]) from error
    except NotText as error:
        raise error.in_file(name) from error
    _check_syntax(text, name)
    document = parse_json(text, name)
    if not isinstance(document.value, dict):
        message = 'must be a JSON object: {"kind": "workflow", "payload": {"tasks": […]}}'
        raise InvalidDocument([DocumentProblem(name, *document.positions[()], message)])
    return JobFile(name, folder, document.value, document.positions)


def _check_syntax(text: str, name: str) -> None:
    """Strictly: the unquoted placeholders of templates are a mistake here."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        problem = DocumentProblem(name, error.lineno, error.colno, f"not valid JSON: {error.msg}")
        raise InvalidDocument([problem]) from error
    except RecursionError as error:
        raise InvalidDocument([DocumentProblem(name, 0, 0, "nested too deeply")]) from error


async def upload_files(hub: AsyncHubClient, job: JobFile, note: Callable[[str], None]) -> dict[str, Any]:
    """The job's body, with every ``@file:path`` of its tasks' inputs uploaded, each file once; ``note`` hears what of
    them is not used.

    Paths are relative to the job's file. Raises InvalidDocument for a file that is missing or no picture.
    """
    known: dict[str, str] = {}
    problems = []
    for place, text in _named_files(job):
        if text in known:
            continue
        path = job.folder / at_home(Path(text.removeprefix(FILE_PREFIX)))
        try:
            artifact = await hub.artifacts.upload(path.read_bytes())
            known[text] = artifact.reference
            for sentence in artifact.notes:
                note(f"{path}: {sentence}")
        except OSError as error:
            problems.append(job.problem(place, f"{path} cannot be read: {error.strerror}"))
        except InvalidRequest as error:
            what = error.message.removeprefix("file ")  # the hub's name for whatever is uploaded
            problems.append(job.problem(place, f"{path} {what}" if what != error.message else f"{path}: {what}"))
    if problems:
        raise InvalidDocument(problems)
    body = dict(job.body)
    if known:
        body["payload"] = {**body["payload"], "tasks": [_replaced(task, known) for task in body["payload"]["tasks"]]}
    return body


def _named_files(job: JobFile) -> Iterator[tuple[Place, str]]:
    """Each named file with its place; malformed tasks are left for the hub to refuse."""
    payload = job.body.get("payload")
    tasks = payload.get("tasks") if isinstance(payload, dict) else None
    for index, task in enumerate(tasks if isinstance(tasks, list) else ()):
        place: Place = ("payload", "tasks", index, "inputs")
        inputs = task.get("inputs") if isinstance(task, dict) else None
        try:
            found = list(texts_in(inputs))
        except RecursionError as error:
            problem = job.problem(place, f"inputs may be nested {MAX_DEPTH} deep")
            raise InvalidDocument([problem]) from error
        yield from ((place + inner, text) for inner, text in found if text.startswith(FILE_PREFIX))


def _replaced(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(item, known) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, known) for item in value]
    return known.get(value, value) if isinstance(value, str) else value
