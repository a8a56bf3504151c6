"""Shows the progress of a job: a tree of tasks in a terminal, plain lines without one, JSON for programs."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter
from rich.live import Live
from rich.text import Text
from rich.tree import Tree

from vibes.client import JobChanged, JobEvent, JobProgressed, TaskChanged
from vibes.client.events.silence import QUIET_SECONDS
from vibes.commands.common.console import notes
from vibes.commands.jobs.job_state import JobState, TaskState
from vibes.domain.job import JobStatus

BAR_WIDTH = 20
HELD_UP = f"its events are held up on the way: the hub is asked every {QUIET_SECONDS:.0f} s instead"
_SIGNS = {
    JobStatus.QUEUED: ("·", "dim"),
    JobStatus.RUNNING: ("▶", "cyan"),
    JobStatus.COMPLETE: ("✔", "green"),
    JobStatus.FAILED: ("✘", "red"),
    JobStatus.CANCELLED: ("–", "yellow"),
}
_TYPES = {JobChanged: "job", TaskChanged: "task", JobProgressed: "progress"}


class JobDisplay(ABC):
    """A display, for ``with``, while the job goes on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    @abstractmethod
    def show(self, event: JobEvent) -> None:
        """Show an event; the state includes it already."""

    @abstractmethod
    def asked(self, changed: Sequence[TaskState]) -> None:
        """The hub was asked and knows more of these tasks than its events told."""

    @abstractmethod
    def away(self) -> None:
        """The hub does not answer at the moment."""


def display_of(state: JobState, *, as_json: bool) -> JobDisplay:
    if as_json:
        return JsonLines()
    return LiveTree(state) if notes.is_terminal else PlainLines(state)


def tree_of(state: JobState, note: str = "") -> Tree:
    """Each task below the last one whose results it uses."""
    title = Text.assemble(("job ", "bold"), (state.job_id, "bold"), f"  {state.status}", (f"  {note}", "yellow"))
    root = Tree(title, guide_style="dim")
    branches: dict[str, Tree] = {}
    for task in state.tasks.values():  # tasks come after those whose results they use
        above = [branches[each] for each in task.depends_on if each in branches]
        branches[task.id] = (above[-1] if above else root).add(line_of(task))
    return root


def line_of(task: TaskState) -> Text:
    sign, style = _SIGNS[task.status]
    line = Text.assemble((f"{sign} ", style), task.id, (f"  {task.type}", "dim"), no_wrap=True, overflow="ellipsis")
    if len(task.depends_on) > 1:
        line.append(f"  from {', '.join(task.depends_on)}", "dim")
    if task.status is JobStatus.RUNNING:
        filled = round(min(max(task.progress, 0.0), 1.0) * BAR_WIDTH)
        line.append("  " + "━" * filled, "cyan").append("━" * (BAR_WIDTH - filled), "dim")
    if task.total is not None and task.status is not JobStatus.QUEUED:
        line.append(f"  {task.pictures}/{task.total}")
    if task.nodes:
        line.append(f"  {', '.join(task.nodes)}", "magenta")
    if task.seconds is not None:
        line.append(f"  {task.seconds:.1f} s", "dim")
    elif task.eta_seconds:
        line.append(f"  about {task.eta_seconds:.0f} s left", "dim")
    if task.error_message:
        line.append(f"  {task.error_message}", "red")
    return line


class LiveTree(JobDisplay):
    def __init__(self, state: JobState) -> None:
        self._state = state
        self._note = ""
        self._live = Live(console=notes, get_renderable=lambda: tree_of(state, self._note), refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, event: JobEvent) -> None:
        """Does nothing: the tree is drawn from the state eight times a second."""
        self._note = ""

    def asked(self, changed: Sequence[TaskState]) -> None:
        self._note = HELD_UP

    def away(self) -> None:
        self._note = "the hub does not answer, trying again …"


class PlainLines(JobDisplay):
    """Shows steps only; progress would fill a log."""

    def __init__(self, state: JobState) -> None:
        self._state = state
        self._away = False
        self._held_up = False
        self._told: dict[str, int] = {}
        """By task: the number of steps that were shown, since an event may follow for a step that was asked for."""

    def show(self, event: JobEvent) -> None:
        self._away = False
        match event:
            case JobChanged():
                _say(f"job {event.job_id}: {event.status}")
            case TaskChanged() if event.task_id in self._state.tasks:
                self._tell(self._state.tasks[event.task_id])

    def asked(self, changed: Sequence[TaskState]) -> None:
        if not self._held_up:
            _say(HELD_UP)
        self._held_up = True
        for task in changed:
            self._tell(task)

    def _tell(self, task: TaskState) -> None:
        how_far = (JobStatus.QUEUED, JobStatus.RUNNING, task.status).index(task.status)
        if how_far > self._told.get(task.id, -1):
            self._told[task.id] = how_far
            _say(_sentence(task))

    def away(self) -> None:
        if not self._away:
            _say("the hub does not answer, trying again …")
        self._away = True


class JsonLines(JobDisplay):
    """One JSON object a line on stdout, each with its ``type``."""

    def show(self, event: JobEvent) -> None:
        told: dict[str, Any] = TypeAdapter(type(event)).dump_python(event, mode="json")
        write_json({"type": _TYPES[type(event)], **told})

    def asked(self, changed: Sequence[TaskState]) -> None:
        return

    def away(self) -> None:
        return


def write_json(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)  # noqa: T201 - a program reads it line by line


def _sentence(task: TaskState) -> str:
    parts = [str(task.status)]
    if task.status is JobStatus.COMPLETE:
        parts.append("1 picture" if task.pictures == 1 else f"{task.pictures} pictures")
        parts += [f"on {', '.join(task.nodes)}"] if task.nodes else []
        parts += [f"{task.seconds:.1f} s"] if task.seconds is not None else []
    if task.error_message:
        parts.append(task.error_message)
    return f"{task.id}: {', '.join(parts)}"


def _say(sentence: str) -> None:
    notes.print(Text(sentence), soft_wrap=True)
