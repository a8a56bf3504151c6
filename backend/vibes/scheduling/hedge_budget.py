"""How many second attempts there may be: when the whole fleet is slow, doubling its work would make it slower."""

from dataclasses import dataclass

WINDOW, MOST = 100, 5
"""Of the last hundred jobs at most five get a second attempt: stragglers are rare, many of them mean a slow fleet."""


@dataclass(frozen=True, slots=True)
class HedgeBudget:
    """A value that a plan takes and gives back."""

    jobs: int = 0
    """Started so far."""
    hedged_at: tuple[int, ...] = ()
    """The values of ``jobs`` at the latest hedges."""

    @property
    def open(self) -> bool:
        return sum(job > self.jobs - WINDOW for job in self.hedged_at) < MOST

    def after(self, started: int, hedges: int) -> "HedgeBudget":
        jobs = self.jobs + started
        recent = tuple(job for job in self.hedged_at if job > jobs - WINDOW)
        return HedgeBudget(jobs, recent + (jobs,) * hedges)
