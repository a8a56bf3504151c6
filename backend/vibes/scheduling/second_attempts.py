"""Decides when a run is so late that a second attempt elsewhere is worth its cost."""

from collections.abc import Sequence
from math import inf

from vibes.scheduling.decisions import SecondAttempt
from vibes.scheduling.offers import Seat
from vibes.scheduling.snapshot import Run, Snapshot
from vibes.scheduling.timeline import Timeline

LATE_FACTOR = 2.0
"""A run that takes this many times its proven estimate is a straggler: ordinary runs stay well below."""

SILENT_SECONDS, SILENT_STEPS = 20.0, 3.0
"""A run that exceeds its estimate, and of which the node has told nothing for the larger of so many seconds and so many
sampler steps, is a straggler too."""

CLOCK_SECONDS = 0.001
"""Times closer than this, in seconds, are equal."""


def straggles_in(run: Run) -> float:
    """Seconds until this run becomes a straggler if it does not end before; 0 when it is one.

    A run whose node answers nothing at all is one at once, however long it was expected to take.
    """
    if run.unanswered:
        return 0.0
    late = LATE_FACTOR * run.expected - run.age if run.proven else inf
    step = run.expected / max(run.work.spec.steps or 1, 1)
    quiet = max(SILENT_SECONDS, SILENT_STEPS * step) - run.silent
    left = min(late, max(quiet, run.expected - run.age))
    return left if left > CLOCK_SECONDS else 0.0


def next_straggler_in(snapshot: Snapshot) -> float | None:
    """Seconds until the next run becomes a straggler; present ones are left out."""
    return min((left for run in _may_be_repeated(snapshot) if (left := straggles_in(run)) > 0), default=None)


def second_attempts(snapshot: Snapshot, timeline: Timeline, spare: Sequence[Seat]) -> list[SecondAttempt]:
    """One second attempt for each of the latest stragglers, on nodes that have nothing else to do.

    A late run may well take as long again, so another one is worth it if it would end within the time that the run has
    taken. A run on a node that answers nothing may take for ever.
    """
    begun_again: list[SecondAttempt] = []
    left = len(spare)
    budget = snapshot.ledger.second_attempts
    late = [run for run in _may_be_repeated(snapshot) if straggles_in(run) == 0] if left else []
    for run in sorted(late, key=lambda run: run.age - run.expected, reverse=True):
        if not left or not budget.open:
            break
        offer = timeline.offers(run.work).idle_by(inf if run.unanswered else run.age, not_on=run.node_id)
        if offer is not None and offer.seat in spare:
            timeline.give(run.work, offer)
            begun_again.append(SecondAttempt(run.work.generation_id, offer.seat.node.id, offer.finish))
            budget = budget.after(0, 1)
            left -= 1
    return begun_again


def _may_be_repeated(snapshot: Snapshot) -> list[Run]:
    return [run for run in snapshot.runs if not (run.begun_twice or run.costs or run.work.suspect)]
