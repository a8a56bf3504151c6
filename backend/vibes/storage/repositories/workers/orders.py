"""The hub's half of what it shares with its workers, in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from vibes.domain.attempt import OPEN_ATTEMPT_STATES
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.worker import HELD, OPEN, OrderMove, OrderState, WorkerOrder, WorkerReport, WorkerState
from vibes.ports.workers.rows import OpenOrder
from vibes.storage.repositories.workers.moves import moved
from vibes.storage.repositories.workers.rows import order_of, report_of
from vibes.storage.sql.database import Database
from vibes.storage.sql.database_time import DatabaseTime
from vibes.storage.sql.tables import ATTEMPTS
from vibes.storage.sql.worker_tables import WORKER_ORDERS, WORKERS

_ORDERS = WORKER_ORDERS.c
_REPORTED = [each for each in WORKERS.c if each.name != "inventory"]
_TAKES_ORDERS = (WorkerState.STARTING, WorkerState.READY)
_IS_OPEN = _ORDERS.state.in_(sorted(OPEN))
_TIDIED_AT_ONCE = 500


class SqlWorkerOrders:
    """Implements ``WorkerOrders``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reports(self, node_id: NodeId | None = None) -> Sequence[WorkerReport]:
        query = select(*_REPORTED, DatabaseTime().label("now")).order_by(WORKERS.c.name)
        if node_id is not None:
            query = query.where(WORKERS.c.node_id == node_id)
        return await self._database.values(query, lambda row: report_of(row, row.now))

    async def inventory(self, name: str) -> Mapping[str, Any] | None:
        row = await self._database.row(select(WORKERS.c.inventory).where(WORKERS.c.name == name))
        return None if row is None else row.inventory

    async def hand_in(self, order: WorkerOrder) -> bool:
        return await self._database.write(lambda connection: _hand_in(connection, order))

    async def get(self, attempt_id: AttemptId) -> WorkerOrder | None:
        row = await self._database.row(select(WORKER_ORDERS).where(_ORDERS.attempt_id == attempt_id))
        return row and order_of(row)

    async def ahead_of(self, attempt_id: AttemptId) -> int:
        own = select(_ORDERS.place, _ORDERS.node_id).where(_ORDERS.attempt_id == attempt_id).subquery()
        earlier = (_ORDERS.node_id == own.c.node_id, _ORDERS.place < own.c.place)
        row = await self._database.row(select(func.count().label("number")).where(*earlier, _IS_OPEN))
        return 0 if row is None else int(row.number)

    async def open_orders(self, node_id: NodeId) -> Sequence[OpenOrder]:
        query = select(_ORDERS.attempt_id, _ORDERS.state, _ORDERS.signs).where(_ORDERS.node_id == node_id, _IS_OPEN)
        return await self._database.values(
            query.order_by(_ORDERS.place),
            lambda row: OpenOrder(AttemptId(row.attempt_id), OrderState(row.state), row.signs),
        )

    async def take_back(self, attempt_id: AttemptId) -> bool:
        return await self._database.change(moved(OrderMove.TAKE_BACK, _ORDERS.attempt_id == attempt_id)) == 1

    async def stop(self, attempt_id: AttemptId) -> OrderState | None:
        return await self._database.write(lambda connection: _stop(connection, attempt_id))

    async def revoke(self, holder: str, outcome: Mapping[str, Any], *, silent_for: timedelta) -> int:
        """One may be silent for days, and is asked about every few seconds: nothing is written where it has none."""
        its = select(_ORDERS.place).where(_ORDERS.holder == holder, _ORDERS.state.in_(sorted(HELD)))
        if await self._database.row(its.limit(1)) is None:
            return 0
        return await self._database.write(lambda connection: _revoke(connection, holder, outcome, silent_for))

    async def long_ended(self, kept_for: timedelta) -> Sequence[AttemptId]:
        asked = await self._database.row(select(DatabaseTime().label("now")))
        if asked is None:
            return []
        unheard = exists().where(ATTEMPTS.c.id == _ORDERS.attempt_id, ATTEMPTS.c.state.in_(sorted(OPEN_ATTEMPT_STATES)))
        query = select(_ORDERS.attempt_id).where(_ORDERS.ended_at < asked.now - kept_for, ~unheard)
        return await self._database.values(query.limit(_TIDIED_AT_ONCE), lambda row: AttemptId(row.attempt_id))

    async def forget(self, attempt_ids: Collection[AttemptId]) -> None:
        await self._database.change(delete(WORKER_ORDERS).where(_ORDERS.attempt_id.in_(attempt_ids)))

    async def forget_workers(self, gone_for: timedelta) -> None:
        await self._database.write(lambda connection: _forget_workers(connection, gone_for))


def _hand_in(connection: Connection, order: WorkerOrder) -> bool:
    known = select(_ORDERS.place).where(_ORDERS.attempt_id == order.attempt_id)
    if connection.execute(known).first() is not None:
        return True
    there = select(WORKERS.c.name).where(WORKERS.c.node_id == order.node_id, WORKERS.c.state.in_(_TAKES_ORDERS))
    if connection.execute(there.limit(1)).first() is None:
        return False
    row = {
        "attempt_id": order.attempt_id,
        "node_id": order.node_id,
        "epoch": order.epoch,
        "state": OrderState.QUEUED,
        "sent": dict(order.sent),
        "unwanted": False,
        "signs": 0,
    }
    connection.execute(insert(WORKER_ORDERS).values(**row, created_at=DatabaseTime()))
    return True


def _stop(connection: Connection, attempt_id: AttemptId) -> OrderState | None:
    own = _ORDERS.attempt_id == attempt_id
    connection.execute(moved(OrderMove.TAKE_BACK, own))
    connection.execute(update(WORKER_ORDERS).where(own, _IS_OPEN).values(unwanted=True))
    row = connection.execute(select(_ORDERS.state).where(own)).first()
    return None if row is None else OrderState(row.state)


def _revoke(connection: Connection, holder: str, outcome: Mapping[str, Any], silent_for: timedelta) -> int:
    """Looks once more whether the worker is silent: it may have been heard since the hub looked. Its row is locked for
    that, so that it is not heard meanwhile."""
    now = connection.execute(select(DatabaseTime().label("now"))).one().now
    silent = select(WORKERS.c.name).where(WORKERS.c.name == holder, WORKERS.c.heartbeat_at < now - silent_for)
    if connection.execute(silent.with_for_update()).first() is None:
        return 0
    revoked = 0
    for state, died in ((OrderState.RUNNING, True), (OrderState.CLAIMED, False)):
        those = (_ORDERS.holder == holder, _ORDERS.state == state)
        told = {**outcome, "died": died}
        revoked += connection.execute(moved(OrderMove.REVOKE, *those, outcome=told)).rowcount
    return revoked


def _forget_workers(connection: Connection, gone_for: timedelta) -> None:
    now = connection.execute(select(DatabaseTime().label("now"))).one().now
    connection.execute(delete(WORKERS).where(WORKERS.c.heartbeat_at < now - gone_for))
