"""Counts what it is told of: plans, attempts, batches and generations that end."""

from typing import assert_never

from vibes.domain.events import GenerationCancelled, GenerationCompleted, GenerationFailed, SessionEvent
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import GenerationId
from vibes.domain.nodes.outcome import MaybePaid
from vibes.ports.clock import Clock
from vibes.scheduling.decisions import Assign, Decision, Prefetch, SecondAttempt, TakeBack
from vibes.services.execution.attempt_tasks import EndedAttempt
from vibes.services.execution.dispatcher import Planned
from vibes.services.execution.outcomes import (
    Cancelled,
    Completed,
    Hopeless,
    JobFailed,
    Lost,
    NotBegun,
    Outcome,
    PutBack,
    Superseded,
    TakenBack,
)
from vibes.services.observation.figures import DELIVERY_STEPS, Figures
from vibes.services.queue.announcer import EndedBatch, OpenedBatch
from vibes.services.queue.attempt_state import Milestone
from vibes.services.queue.forecast import Forecast

LEAST_SECONDS = 0.1
"""An error is a part of no less, so that a picture of no time at all has no endless one."""


class Counting:
    """Its methods are listeners: they only count, and never wait."""

    def __init__(self, figures: Figures, forecast: Forecast, clock: Clock) -> None:
        self._figures = figures
        self._forecast = forecast
        self._clock = clock
        self._promised: dict[GenerationId, tuple[float, float]] = {}
        """When each open one was asked for, in monotonic seconds, and the ETA that it had then; none where the queue
        was so long that it was not known at once."""

    def planned(self, planned: Planned) -> None:
        self._figures.plan_seconds.observe(planned.ended_at - planned.began_at)
        self._figures.decisions.update(map(decision_word, planned.decisions))

    def opened(self, opened: OpenedBatch) -> None:
        self._figures.submission_seconds.observe(opened.seconds)
        now = self._clock.monotonic()
        for generation in opened.generations:
            eta = self._forecast.eta_seconds(generation.id)
            if eta is not None:
                self._promised[generation.id] = (now, eta)

    def batch_ended(self, ended: EndedBatch) -> None:
        bound = ended.batch.lower_bound_seconds
        if ended.complete and bound:
            seconds = (self._clock.now() - ended.batch.created_at).total_seconds()
            self._figures.ratio_to_bound.observe(seconds / bound)

    def overhear(self, event: SessionEvent) -> None:
        """Listens to all sessions."""
        match event:
            case GenerationCompleted():
                self._figures.ended[GenerationStatus.COMPLETE] += 1
                self._keep_promise(event.generation_id)
            case GenerationFailed():
                self._figures.ended[GenerationStatus.FAILED] += 1
                self._promised.pop(event.generation_id, None)
            case GenerationCancelled():
                self._figures.ended[GenerationStatus.CANCELLED] += 1
                self._promised.pop(event.generation_id, None)

    def attempt_ended(self, ended: EndedAttempt) -> None:
        active, figures = ended.active, self._figures
        figures.attempts[active.node_id, outcome_word(ended.outcome)] += 1
        over = active.measured.ended_at
        if not isinstance(ended.outcome, Completed) or over is None:
            return
        if active.measured.start_seen is not None:
            figures.drawing_seconds[active.node_id].observe(over - active.measured.start_seen)
        passed = {step.what: step.at for step in active.story}
        moments = [over, passed[Milestone.FETCHED], passed[Milestone.STORED], passed[Milestone.TOLD]]
        for step, before, after in zip(DELIVERY_STEPS, moments, moments[1:], strict=False):
            figures.delivery_seconds[step].observe(max(after - before, 0.0))

    def _keep_promise(self, generation_id: GenerationId) -> None:
        asked_at, eta = self._promised.pop(generation_id, (0.0, None))
        if eta is not None:
            seconds = self._clock.monotonic() - asked_at
            self._figures.eta_error.observe(abs(seconds - eta) / max(seconds, LEAST_SECONDS))


def decision_word(decision: Decision) -> str:
    """Of a short list."""
    match decision:
        case Assign():
            return "assign"
        case Prefetch():
            return "prefetch"
        case TakeBack():
            return "take_back"
        case SecondAttempt():
            return "second_attempt"
        case _:
            assert_never(decision)


WORDS: dict[type[Outcome], str] = {
    NotBegun: "not_begun",
    Completed: "completed",
    Superseded: "superseded",
    Cancelled: "cancelled",
    TakenBack: "taken_back",
    PutBack: "put_back",
    Lost: "lost",
    JobFailed: "job_failed",
    Hopeless: "hopeless",
    MaybePaid: "maybe_paid",
}


def outcome_word(outcome: Outcome) -> str:
    """Of a short list: how an attempt ended, and for what reason where that tells another thing to whoever watches."""
    if isinstance(outcome, Lost) and outcome.node_died:
        return "node_died"
    if isinstance(outcome, JobFailed) and outcome.misbehaved:
        return "node_misbehaved"
    return WORDS[type(outcome)]


OUTCOMES = (*WORDS.values(), "node_died", "node_misbehaved")
"""All that there are."""
