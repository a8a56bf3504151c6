"""What state a node is in, by what speaks for it: the graver sign decides."""

from dataclasses import replace
from typing import Any

import pytest

from vibes.domain.node import NodeState
from vibes.services.fleet.assessment import Evidence, assess

WELL = Evidence(
    enabled=True,
    retired=False,
    misses=0,
    last_error=None,
    response_ms=3.0,
    slow_answer=5.0,
    wedged=None,
    drained=False,
    silent=False,
    busy=False,
    breaker=None,
)

SIGNS: list[tuple[dict[str, Any], NodeState, str | None]] = [
    ({"breaker": "3 errors in a row", "busy": True}, NodeState.BUSY, "3 errors in a row"),
    ({"response_ms": 5001.0}, NodeState.DEGRADED, "answers slowly (5.0 s)"),
    ({"silent": True}, NodeState.DEGRADED, "has not answered for more than 5 s"),
    ({"drained": True}, NodeState.DRAINING, "drained: it gets nothing new until it is resumed"),
    ({"wedged": "1 prompt waits and none runs"}, NodeState.WEDGED, "1 prompt waits and none runs"),
    ({"response_ms": None, "misses": 1, "last_error": "refused"}, NodeState.OFFLINE, "refused"),
    ({"retired": True}, NodeState.OFFLINE, "removed from gpus.yaml, or its address changed"),
    ({"enabled": False}, NodeState.DISABLED, "disabled in gpus.yaml"),
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
