"""The moves of orders as statements: each a compare-and-set upon state and epoch."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Update, update

from vibes.domain.nodes.worker import ENDED, MOVES, NEW_EPOCH, OrderMove, WorkerOrder
from vibes.storage.sql.database_time import DatabaseTime
from vibes.storage.sql.worker_tables import WORKER_ORDERS

_COLUMNS = WORKER_ORDERS.c


def moved(move: OrderMove, *where: ColumnElement[bool], **values: Any) -> Update:
    """Of all orders that this holds of and that the move is possible for."""
    before, after = MOVES[move]
    statement = update(WORKER_ORDERS).where(_COLUMNS.state.in_(sorted(before)), *where)
    more: dict[str, Any] = {"epoch": _COLUMNS.epoch + 1} if move in NEW_EPOCH else {}
    if after in ENDED:
        more["ended_at"] = DatabaseTime()
    return statement.values(state=after, **more, **values)


def of_holder(move: OrderMove, order: WorkerOrder, outcome: Mapping[str, Any] | None = None) -> Update:
    """Of one order by the worker that has it, refused where a later epoch has begun."""
    mine = (_COLUMNS.attempt_id == order.attempt_id, _COLUMNS.epoch == order.epoch)
    return moved(move, *mine, **({} if outcome is None else {"outcome": dict(outcome)}))
