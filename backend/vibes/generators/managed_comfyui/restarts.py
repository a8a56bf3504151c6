"""When a ComfyUI that has failed is started again: pure."""

from dataclasses import dataclass

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 60.0
MOST_FAILURES = 5
WINDOW_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Failures:
    """What has failed so far; times in seconds of one clock, oldest first."""

    recent: tuple[float, ...] = ()
    """Within the last ten minutes."""
    in_a_row: int = 0
    """Without ten minutes of good work in between."""

    def and_one(self, now: float, worked_for: float) -> "Failures":
        """``worked_for``: seconds for which it had answered before it failed."""
        recent = tuple(each for each in self.recent if now - each < WINDOW_SECONDS)
        before = 0 if worked_for >= WINDOW_SECONDS else self.in_a_row
        return Failures((*recent, now), before + 1)

    @property
    def too_many(self) -> bool:
        """More than five in ten minutes: a person should look."""
        return len(self.recent) > MOST_FAILURES

    @property
    def pause(self) -> float:
        """Seconds until the next start: 1, 2, 4 … 60, and ten minutes after too many."""
        if self.too_many:
            return WINDOW_SECONDS
        return float(min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self.in_a_row - 1, 10)))
