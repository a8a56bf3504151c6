"""The state of a node from the evidence: the most serious sign decides."""

from dataclasses import replace
from typing import Any

import pytest

from vibes.domain.errors import NodeError, NodeMisbehaved, NodeUnclear, NodeUnreachable
from vibes.domain.nodes.handing_back import DRAINED
from vibes.domain.nodes.node import NodeState
from vibes.domain.reason import Reason, ReasonCode
from vibes.services.fleet.assessment import DISABLED, LEAVING, REMOVED, Evidence, assess, away

WELL = Evidence(
    enabled=True,
    retired=False,
    misses=0,
    away=None,
    response_ms=3.0,
    slow_answer=5.0,
    wedged=None,
    held=None,
    leaving=False,
    silent=False,
    busy=False,
    breaker=None,
)

ERRORS = Reason(ReasonCode.ERRORS, "3 errors in a row")
WEDGED = Reason(ReasonCode.WEDGED, "1 prompt waits and none runs")
REFUSED = Reason(ReasonCode.UNREACHABLE, "refused")

SIGNS: list[tuple[dict[str, Any], NodeState, Reason | None]] = [
    ({"breaker": ERRORS, "busy": True}, NodeState.BUSY, ERRORS),
    ({"response_ms": 5001.0}, NodeState.DEGRADED, Reason(ReasonCode.SLOW, "answers slowly (5.0 s)")),
    ({"silent": True}, NodeState.DEGRADED, Reason(ReasonCode.SILENT, "has not answered for more than 5 s")),
    ({"held": DRAINED}, NodeState.DRAINING, DRAINED),
    ({"leaving": True}, NodeState.DRAINING, LEAVING),
    ({"wedged": WEDGED}, NodeState.WEDGED, WEDGED),
    ({"response_ms": None, "misses": 1, "away": REFUSED}, NodeState.OFFLINE, REFUSED),
    ({"retired": True}, NodeState.OFFLINE, REMOVED),
    ({"enabled": False}, NodeState.DISABLED, DISABLED),
]
"""The graver the later."""


@pytest.mark.parametrize("place", range(len(SIGNS)))
def test_a_sign_decides_over_all_lesser_ones(place: int) -> None:
    assert assess(WELL) == (NodeState.READY, None)
    sign, state, reason = SIGNS[place]
    for lesser, _, _ in SIGNS[: place + 1]:
        assert assess(replace(WELL, **{**lesser, **sign})) == (state, reason)


def test_one_that_never_answered_is_starting_until_it_misses_a_check() -> None:
    assert assess(replace(WELL, response_ms=None)) == (NodeState.STARTING, None)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NodeUnreachable("ComfyUI on Attic is not reachable"), ReasonCode.UNREACHABLE),
        (NodeUnclear("GET /queue: no complete answer in time"), ReasonCode.CHECK_FAILED),
        (NodeMisbehaved("GET /queue: answered 403"), ReasonCode.CHECK_FAILED),
    ],
)
def test_only_where_nothing_gets_through_is_a_node_unreachable(error: NodeError, code: ReasonCode) -> None:
    assert away(error) == Reason(code, error.message)
