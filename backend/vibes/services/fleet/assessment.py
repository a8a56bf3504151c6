"""The state of a node, as a pure function of the evidence."""

from dataclasses import dataclass

from vibes.domain.errors import NODE_MISCONFIGURED, NodeAway, NodeError, NodeUnreachable
from vibes.domain.nodes.node import NodeState
from vibes.domain.reason import Reason, ReasonCode

DISABLED = Reason(ReasonCode.DISABLED, "disabled in gpus.yaml")
REMOVED = Reason(ReasonCode.REMOVED, "removed from gpus.yaml, or its address or options changed")
LEAVING_SECONDS = 120.0
"""For which a node that leaves the fleet, or becomes another one, goes on with what it has begun and charges for."""
LEAVING = Reason(
    ReasonCode.REMOVED,
    "removed or changed in gpus.yaml, or its key changed: what it has begun is paid for, and ends first, within "
    f"{LEAVING_SECONDS:.0f} s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a node at one moment."""

    enabled: bool
    """As in ``gpus.yaml``."""
    retired: bool
    """It was removed from ``gpus.yaml``, or its address changed."""
    misses: int
    """Health checks in a row that it did not answer."""
    away: Reason | None
    """Why the latest of them failed."""
    response_ms: float | None
    """Duration of the latest answered health check; None while it does not answer."""
    slow_answer: float
    """Seconds from which an answer counts as slow."""
    wedged: Reason | None
    """Why its worker is held to be dead."""
    held: Reason | None
    """Why its owner has it."""
    leaving: bool
    """As ``retired``, and it is still at something that it charges for."""
    silent: bool
    """It has owed an answer for longer than ``slow_answer``."""
    busy: bool
    """Prompts wait or run there, of any client."""
    breaker: Reason | None
    """Why it gets no work, or only one job, after it lost some. Without the remaining time: a state that changes every
    second would be announced every second."""


def away(error: NodeError) -> Reason:
    """Why a node that did not answer a health check is away."""
    if error.code == NODE_MISCONFIGURED:
        return Reason(ReasonCode.MISCONFIGURED, error.message)
    if isinstance(error, NodeAway):
        return error.reason
    unreachable = isinstance(error, NodeUnreachable)
    return Reason(ReasonCode.UNREACHABLE if unreachable else ReasonCode.CHECK_FAILED, error.message)


def assess(seen: Evidence) -> tuple[NodeState, Reason | None]:
    """The state, and the reason unless it is simply well."""
    if not seen.enabled:
        return NodeState.DISABLED, DISABLED
    if seen.retired:
        return NodeState.OFFLINE, REMOVED
    if seen.response_ms is None:
        return _assess_away(seen)
    if seen.wedged is not None:
        return NodeState.WEDGED, seen.wedged
    if seen.leaving:
        return NodeState.DRAINING, LEAVING
    if seen.held is not None:
        return NodeState.DRAINING, seen.held
    return _assess_working(seen, seen.response_ms)


def _assess_away(seen: Evidence) -> tuple[NodeState, Reason | None]:
    """What is being rented or started is on its way; everything else that does not answer is away."""
    comes = seen.away is not None and seen.away.code in {ReasonCode.RENTING, ReasonCode.STARTING}
    return (NodeState.OFFLINE if seen.misses and not comes else NodeState.STARTING), seen.away


def _assess_working(seen: Evidence, response_ms: float) -> tuple[NodeState, Reason | None]:
    if seen.silent:
        return NodeState.DEGRADED, Reason(ReasonCode.SILENT, f"has not answered for more than {seen.slow_answer:g} s")
    if response_ms > seen.slow_answer * 1000:
        return NodeState.DEGRADED, Reason(ReasonCode.SLOW, f"answers slowly ({response_ms / 1000:.1f} s)")
    return (NodeState.BUSY if seen.busy else NodeState.READY), seen.breaker
