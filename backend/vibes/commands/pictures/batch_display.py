"""Shows a batch in the terminal: one bar for all, one line a GPU; plain lines where there is no terminal."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from vibes.client import (
    BatchTally,
    Generation,
    GenerationCompleted,
    GenerationFailed,
    GenerationProgressed,
    GenerationQueued,
    GenerationStarted,
    Gpu,
    SessionEvent,
)
from vibes.commands.common.console import notes
from vibes.domain.generation import GenerationStatus
from vibes.domain.reason import ReasonCode


class BatchDisplay:
    """Shows the hub's live events on stderr, so that stdout has only results."""

    def __init__(self, batch_id: str, gpus: Sequence[Gpu], generations: Mapping[str, Generation]) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[name]}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            console=notes,
            disable=not notes.is_terminal,
        )
        self._batch_id = batch_id
        self._total = len(generations)
        self._numbers = {generation_id: number for number, generation_id in enumerate(generations, start=1)}
        self._batch = self._progress.add_task("", name=f"[bold]{'pictures':<37}[/]", note="", total=self._total)
        self._names = {gpu.id: gpu.name for gpu in gpus}
        self._lines: dict[str, TaskID] = {}
        self._made: dict[str, int] = {}
        self._told: str | None = None
        self.refresh(generations)

    def __enter__(self) -> "BatchDisplay":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def refresh(self, generations: Mapping[str, Generation]) -> None:
        """Replace what is known by the hub's answer."""
        self._made = {}
        for generation in generations.values():
            if generation.status is GenerationStatus.COMPLETE and generation.gpu_id is not None:
                self._made[generation.gpu_id] = self._made.get(generation.gpu_id, 0) + 1
        ended = sum(generation.status.terminal for generation in generations.values())
        self._progress.update(self._batch, completed=ended, note=self._note(generations))
        for node_id in self._made:
            self._update_line(node_id)

    def _note(self, generations: Mapping[str, Generation]) -> str:
        """The failures so far, or why nothing happens; the latter also as a line where there is no terminal."""
        failed = sum(generation.status is GenerationStatus.FAILED for generation in generations.values())
        if failed:
            return f"[red]{failed} failed"
        busy = any(generation.status is GenerationStatus.GENERATING for generation in generations.values())
        reasons = [
            why_it_waits(each.waiting_for, each.waiting_code) for each in generations.values() if each.waiting_for
        ]
        if busy or not reasons:
            return ""
        if reasons[0] != self._told:
            self._told = reasons[0]
            self._say(reasons[0])
        return "[yellow]waits"

    def away(self) -> None:
        self._progress.update(self._batch, note="[yellow]the hub does not answer, trying again …")

    def show(self, event: SessionEvent) -> None:
        if isinstance(event, BatchTally) and event.batch_id == self._batch_id:
            eta = event.eta_seconds
            note = f"[dim]about {_duration(eta)} left" if eta else ""
            self._progress.update(self._batch, completed=event.completed, note=note)
        number = self._numbers.get(getattr(event, "generation_id", ""))
        if number is None:
            return
        match event:
            case GenerationStarted(node_id=node_id):
                self._update_line(node_id, completed=0, note=f"[dim]picture {number}, starting")
            case GenerationProgressed(node_id=node_id, current=current, total=total):
                self._update_line(node_id, completed=current, total=total, note=f"[dim]picture {number}")
            case GenerationCompleted(node_id=node_id, seconds=seconds):
                self._made[node_id] = self._made.get(node_id, 0) + 1
                line = self._line(node_id)
                self._progress.update(line, completed=self._progress.tasks[line].total, note="")
                self._update_line(node_id)
                self._say(f"picture {number}: {node_id}, {seconds:.1f} s", ordinary=True)
            case GenerationFailed():
                self._progress.update(self._batch, note="[red]some failed")
            case GenerationQueued(reason=str(reason)):
                self._say(f"picture {number} goes back to the queue: {reason}")

    def _say(self, sentence: str, *, ordinary: bool = False) -> None:
        """Write a line: without a terminal each step, with one only what is unusual."""
        if not notes.is_terminal:
            notes.print(Text(sentence), soft_wrap=True)
        elif not ordinary:
            self._progress.console.print(Text(sentence, style="yellow"), soft_wrap=True)

    def _line(self, node_id: str) -> TaskID:
        if node_id not in self._lines:
            self._lines[node_id] = self._progress.add_task("", name=self._name(node_id), note="", total=1)
        return self._lines[node_id]

    def _update_line(self, node_id: str, **fields: Any) -> None:
        self._progress.update(self._line(node_id), name=self._name(node_id), **fields)

    def _name(self, node_id: str) -> str:
        made = self._made.get(node_id, 0)
        return f"{self._names.get(node_id, node_id):<14} [dim]{node_id:<14}[/] {made:>3} made"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 2 * 60 else f"{seconds / 60:.0f} min"


def why_it_waits(reason: str, code: str | None) -> str:
    """The hub's reason as a sentence of its own; what takes its turn is told in one already."""
    return reason if code == ReasonCode.TURN else f"waits: {reason}"
