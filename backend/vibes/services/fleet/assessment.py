"""The state that a node is in, as a pure function of what speaks for it."""

from dataclasses import dataclass

from vibes.domain.node import NodeState


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a node at one moment."""

    enabled: bool
    """By ``gpus.yaml``."""
    retired: bool
    """It left ``gpus.yaml``, or its address changed."""
    misses: int
    """Health checks in a row that it did not answer."""
    last_error: str | None
    """What the latest of them, or another question, met."""
    response_ms: float | None
    """How long the latest answer to a health check took; None while it does not answer."""
    slow_answer: float
    """Seconds from which on an answer is called slow."""
    wedged: str | None
    """Why its worker is held to be dead."""
    drained: bool
    silent: bool
    """It owes an answer for longer than ``slow_answer``."""
    busy: bool
    """Prompts wait or run there, whoever they are of."""
    breaker: str | None
    """Why it gets no work, or only one job, after it lost some. Without the time that is left: a state that changes
    every second is no news."""


def assess(seen: Evidence) -> tuple[NodeState, str | None]:
    """The state, and the reason in words where it is not simply well."""
    if not seen.enabled:
        return NodeState.DISABLED, "disabled in gpus.yaml"
    if seen.retired:
        return NodeState.OFFLINE, "removed from gpus.yaml, or its address changed"
    if seen.response_ms is None:
        return (NodeState.OFFLINE, seen.last_error) if seen.misses else (NodeState.STARTING, None)
    if seen.wedged is not None:
        return NodeState.WEDGED, seen.wedged
    if seen.drained:
        return NodeState.DRAINING, "drained: it gets nothing new until it is resumed"
    return _assess_working(seen, seen.response_ms)


def _assess_working(seen: Evidence, response_ms: float) -> tuple[NodeState, str | None]:
    if seen.silent:
        return NodeState.DEGRADED, f"has not answered for more than {seen.slow_answer:g} s"
    if response_ms > seen.slow_answer * 1000:
        return NodeState.DEGRADED, f"answers slowly ({response_ms / 1000:.1f} s)"
    return (NodeState.BUSY if seen.busy else NodeState.READY), seen.breaker
