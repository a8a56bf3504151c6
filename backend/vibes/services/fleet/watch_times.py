"""How often a node is asked, and which times count as too slow."""

from dataclasses import dataclass, field

from vibes.services.fleet.circuit_breaker import BreakerTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTimes:
    """Seconds."""

    check_interval: float = 10.0
    recheck_interval: float = 1.0
    """After a missed check: to find out quickly whether the node is away."""
    slow_answer: float = 5.0
    discover_interval: float = 300.0
    """Model files may come and go while a node runs."""
    wedged_after: float = 5.0
    """A node on which prompts wait for so long while none runs is wedged."""
    breaker: BreakerTimes = field(default_factory=BreakerTimes)
