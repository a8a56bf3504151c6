"""Limits second attempts: when the whole fleet is slow, doubling its work would make it slower."""

from dataclasses import dataclass

WINDOW, MOST = 100, 5
"""Of the last hundred jobs at most five get a second attempt: stragglers are rare, many of them mean a slow fleet."""


@dataclass(frozen=True, slots=True)
class SecondAttemptBudget:
    """A value that a plan takes and returns."""

    jobs: int = 0
    """Jobs started so far."""
    begun_at: tuple[int, ...] = ()
    """The values of ``jobs`` when the latest of them began."""

    @property
    def open(self) -> bool:
        return sum(job > self.jobs - WINDOW for job in self.begun_at) < MOST

    def after(self, started: int, second_attempts: int) -> "SecondAttemptBudget":
        jobs = self.jobs + started
        recent = tuple(job for job in self.begun_at if job > jobs - WINDOW)
        return SecondAttemptBudget(jobs, recent + (jobs,) * second_attempts)
