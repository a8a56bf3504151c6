"""How often a node is asked, and from when on what it does is too slow."""

from dataclasses import dataclass, field

from vibes.services.fleet.circuit_breaker import BreakerTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTimes:
    """Seconds."""

    check_interval: float = 10.0
    recheck_interval: float = 1.0
    """After a miss: quickly find out whether it was more than a hiccup."""
    slow_answer: float = 5.0
    discover_interval: float = 300.0
    """Model files come and go while a node runs."""
    wedged_after: float = 5.0
    """How long prompts may wait on a node where none runs."""
    breaker: BreakerTimes = field(default_factory=BreakerTimes)
