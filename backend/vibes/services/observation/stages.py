"""The stages of an attempt, out of its story: where its time went. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from vibes.services.queue.attempt_state import Milestone, Phase, Step


class Stage(NamedTuple):
    """A part of an attempt, in monotonic seconds."""

    name: str
    began_at: float
    ended_at: float


_BEGINS: dict[str, str] = {
    Milestone.WRITTEN_DOWN: "submit",
    Phase.WAITING: "wait",
    Phase.RUNNING: "run",
    Milestone.OVER: "collect",
    Phase.COLLECTING: "collect",
    Milestone.FETCHED: "store",
    Milestone.STORED: "tell",
    Milestone.TOLD: "",
}
"""What begins with a step; nothing with the last one."""


def stages_of(story: Sequence[Step], ended_at: float) -> list[Stage]:
    """One after another from its first step to its end. A stage that is told twice is one."""
    begun: list[tuple[str, float]] = [("prepare", story[0].at)] if story else []
    for step in story[1:]:
        name = _BEGINS.get(step.what)
        if name is not None and name != begun[-1][0]:
            begun.append((name, step.at))
    begun.append(("", ended_at))
    return [Stage(name, began, max(ended, began)) for (name, began), (_, ended) in pairwise(begun) if name]
