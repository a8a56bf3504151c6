"""Makes a trace of each generation out of what it is told of: from its request to the moment when watchers knew."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from vibes.domain.events import GenerationCancelled, GenerationFailed, GenerationQueued, GenerationStarted, SessionEvent
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId, NodeId
from vibes.ports.clock import Clock
from vibes.ports.observing.spans import Attribute, Span, SpanSink
from vibes.scheduling.decisions import TakeBack
from vibes.services.execution.attempt_tasks import EndedAttempt
from vibes.services.execution.dispatcher import Planned
from vibes.services.execution.outcomes import Completed, Superseded
from vibes.services.observation.counting import outcome_word
from vibes.services.observation.stages import stages_of
from vibes.services.queue.announcer import OpenedBatch
from vibes.services.queue.attempt_state import Origin

WHOLE = "generation"
"""Key and name of the span that all others of a trace are parts of."""


@dataclass(frozen=True, slots=True)
class _Open:
    """What is remembered of a generation until it ends; moments in seconds since 1970."""

    began_at: float
    queued_at: float
    attributes: dict[str, Attribute]
    whole: str = WHOLE
    """The key of its whole; another one where it was asked for again."""


class Tracing:
    """Its methods are listeners. What an earlier hub began is traced from its attempt on."""

    def __init__(self, sink: SpanSink, clock: Clock, *, prompts: bool) -> None:
        """``prompts``: whether spans tell them."""
        self._sink = sink
        self._clock = clock
        self._prompts = prompts
        self._open: dict[GenerationId, _Open] = {}
        self._plans: dict[tuple[GenerationId, NodeId], tuple[float, float]] = {}
        """By what was decided: when the plan began and ended, in monotonic seconds."""

    def opened(self, opened: OpenedBatch) -> None:
        now = self._now
        arrived_at = now - opened.seconds
        spans = []
        for generation in opened.generations:
            self._open[generation.id] = _Open(arrived_at, now, self._attributes(generation))
            spans.append(_part(generation.id, WHOLE, "request", arrived_at, now))
        self._sink.export(spans)

    def planned(self, planned: Planned) -> None:
        for decision in planned.decisions:
            if not isinstance(decision, TakeBack):
                self._plans[decision.generation_id, decision.node_id] = planned.began_at, planned.ended_at

    def overhear(self, event: SessionEvent) -> None:
        """Listens to all sessions."""
        match event:
            case GenerationQueued(generation_id=generation_id):
                self._queued_again(event, generation_id)
            case GenerationStarted(generation_id=generation_id, node_id=node_id):
                self._started(generation_id, node_id)
            case GenerationFailed(generation_id=generation_id):
                self._end(generation_id, failed=event.cause)
            case GenerationCancelled(generation_id=generation_id):
                self._end(generation_id, failed="cancelled")

    def attempt_ended(self, ended: EndedAttempt) -> None:
        active = ended.active
        generation = active.generation
        self._plans.pop((generation.id, active.node_id), None)
        self._sink.export([*self._spans_of(ended)])
        if isinstance(ended.outcome, Completed):
            known = self._open.get(generation.id)
            if known is None:
                began_at = generation.created_at.timestamp()
                self._open[generation.id] = _Open(began_at, began_at, self._attributes(generation))
            self._end(generation.id, failed=None)

    def _spans_of(self, ended: EndedAttempt) -> Iterator[Span]:
        active, away = ended.active, self._away
        known = self._open.get(active.generation.id)
        key = f"attempt {active.id}"
        outcome = outcome_word(ended.outcome)
        if not active.story:
            return
        yield Span(
            generation_id=active.generation.id,
            key=key,
            parent=WHOLE if known is None else known.whole,
            name="attempt",
            began_at=active.story[0].at + away,
            ended_at=ended.at + away,
            attributes={"vibes.node": active.node_id, "vibes.origin": active.origin, "vibes.outcome": outcome},
            failed=None if isinstance(ended.outcome, Completed | Superseded) else outcome,
        )
        for stage in stages_of(active.story, ended.at):
            if not (stage.name == "prepare" and active.origin is Origin.ADOPTED):
                yield _part(active.generation.id, key, stage.name, stage.began_at + away, stage.ended_at + away)

    def _queued_again(self, event: GenerationQueued, generation_id: GenerationId) -> None:
        now = self._now
        known = self._open.get(generation_id)
        if known is not None:
            self._open[generation_id] = replace(known, queued_at=now)
        elif event.cause.reopens:
            attributes: dict[str, Attribute] = {"vibes.batch": event.batch_id, "vibes.asked": event.cause}
            self._open[generation_id] = _Open(now, now, attributes, whole=f"{WHOLE} {event.cause} {now}")

    def _started(self, generation_id: GenerationId, node_id: NodeId) -> None:
        known, planned = self._open.get(generation_id), self._plans.get((generation_id, node_id))
        if known is None or planned is None:
            return
        began_at, ended_at = (each + self._away for each in planned)
        queued = _part(generation_id, known.whole, "queued", known.queued_at, max(began_at, known.queued_at))
        planning = _part(generation_id, known.whole, "planned", began_at, ended_at)
        self._sink.export([queued, planning])

    def _end(self, generation_id: GenerationId, *, failed: str | None) -> None:
        known = self._open.pop(generation_id, None)
        if known is not None:
            whole = Span(
                generation_id=generation_id,
                key=known.whole,
                parent=None,
                name=WHOLE,
                began_at=known.began_at,
                ended_at=self._now,
                attributes=known.attributes,
                failed=failed,
            )
            self._sink.export([whole])

    def _attributes(self, generation: Generation) -> dict[str, Attribute]:
        spec = generation.spec
        told: dict[str, Attribute] = {
            "vibes.batch": generation.batch_id,
            "vibes.workflow": spec.workflow,
            "vibes.family": spec.model_family,
        }
        return {**told, "vibes.prompt": spec.prompt} if self._prompts else told

    @property
    def _now(self) -> float:
        return self._clock.now().timestamp()

    @property
    def _away(self) -> float:
        """From monotonic seconds to those since 1970."""
        return self._now - self._clock.monotonic()


def _part(generation_id: GenerationId, parent: str, name: str, began_at: float, ended_at: float) -> Span:
    key = f"{parent} {name} {began_at}"
    return Span(generation_id=generation_id, key=key, parent=parent, name=name, began_at=began_at, ended_at=ended_at)
