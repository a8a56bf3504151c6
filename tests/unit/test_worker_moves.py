"""The moves of an order through a worker, as a table."""

from itertools import product

import pytest

from vibes.domain.nodes.worker import ENDED, HELD, MOVES, NEW_EPOCH, OPEN, OrderMove, OrderState


def test_every_state_is_reached_and_an_end_is_an_end() -> None:
    reached = {after for _, after in MOVES.values()} | {OrderState.QUEUED}
    assert reached == set(OrderState)
    assert not ENDED & frozenset().union(*(before for before, _ in MOVES.values())), "nothing leads out of an end"
    assert set(OrderState) == OPEN | ENDED


def test_whoever_gets_or_loses_an_order_begins_an_epoch() -> None:
    changes_hands = {
        move for move, (before, after) in MOVES.items() if (before <= {OrderState.QUEUED}) or move is OrderMove.REVOKE
    }
    assert changes_hands == NEW_EPOCH


@pytest.mark.parametrize(("first", "second"), [*product(OrderMove, repeat=2)])
def test_after_an_end_no_move_is_possible(first: OrderMove, second: OrderMove) -> None:
    _, after = MOVES[first]
    before, _ = MOVES[second]
    if after in ENDED:
        assert after not in before


def test_what_a_worker_has_it_alone_can_end() -> None:
    ends = {move for move, (before, after) in MOVES.items() if before & HELD and after in ENDED}
    assert ends == {OrderMove.COMPLETE, OrderMove.FAIL, OrderMove.DROP, OrderMove.REVOKE}
