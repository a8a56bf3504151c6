"""A worker's half of what it shares with the hub, in the database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.worker import HELD, OrderMove, OrderState, Worker, WorkerOrder, WorkerState
from vibes.ports.workers.rows import Heartbeat, Seat
from vibes.storage.repositories.workers.moves import moved, of_holder
from vibes.storage.repositories.workers.rows import order_of, vitals_json
from vibes.storage.sql.database import Database
from vibes.storage.sql.database_time import DatabaseTime
from vibes.storage.sql.worker_tables import WORKER_ORDERS, WORKERS

_ORDERS = WORKER_ORDERS.c
_IS_HELD = _ORDERS.state.in_(sorted(HELD))
_WAITS = _ORDERS.state == OrderState.QUEUED


class SqlWorkerDesk:
    """Implements ``WorkerDesk``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, worker: Worker) -> Seat:
        return await self._database.write(lambda connection: _register(connection, worker))

    async def beat(self, seat: Seat, heartbeat: Heartbeat) -> bool:
        return await self._database.write(lambda connection: _beat(connection, seat, heartbeat), patience=0)

    async def tell_inventory(self, seat: Seat, device: str, digest: str, inventory: Mapping[str, Any]) -> bool:
        own = update(WORKERS).where(WORKERS.c.name == seat.name, WORKERS.c.epoch == seat.epoch)
        told = {"device": device, "inventory_digest": digest, "inventory": dict(inventory)}
        return await self._database.change(own.values(told)) == 1

    async def waiting(self, node_id: NodeId, *, limit: int) -> Sequence[WorkerOrder]:
        query = select(WORKER_ORDERS).where(_ORDERS.node_id == node_id, _WAITS).order_by(_ORDERS.place).limit(limit)
        return await self._database.values(query, order_of)

    async def claim(self, seat: Seat, node_id: NodeId, attempt_ids: Collection[AttemptId] = ()) -> WorkerOrder | None:
        return await self._database.write(lambda connection: claim_one(connection, seat, node_id, attempt_ids))

    async def held(self, name: str) -> Sequence[WorkerOrder]:
        query = select(WORKER_ORDERS).where(_ORDERS.holder == name, _IS_HELD).order_by(_ORDERS.place)
        return await self._database.values(query, order_of)

    async def adopt(self, seat: Seat, order: WorkerOrder) -> WorkerOrder | None:
        return await self._database.write(lambda connection: _adopt(connection, seat, order))

    async def started(self, order: WorkerOrder) -> bool:
        return await self._database.change(of_holder(OrderMove.START, order, None), patience=0) == 1

    async def wanted(self, order: WorkerOrder) -> bool | None:
        mine = (_ORDERS.attempt_id == order.attempt_id, _ORDERS.epoch == order.epoch, _IS_HELD)
        query = select(_ORDERS.unwanted).where(*mine)
        found = await self._database.values(query, lambda row: not row.unwanted, patience=0)
        return found[0] if found else None

    async def complete(self, order: WorkerOrder, outcome: Mapping[str, Any]) -> bool:
        return await self._moves(OrderMove.COMPLETE, order, outcome)

    async def fail(self, order: WorkerOrder, outcome: Mapping[str, Any]) -> bool:
        return await self._moves(OrderMove.FAIL, order, outcome)

    async def drop(self, order: WorkerOrder) -> bool:
        return await self._moves(OrderMove.DROP, order)

    async def hand_back(self, seat: Seat, outcome: Mapping[str, Any]) -> int:
        return await self._database.write(lambda connection: _hand_back(connection, seat, outcome))

    async def lost_hold_of(self, name: str, attempt_ids: Collection[AttemptId]) -> frozenset[AttemptId]:
        known = _ORDERS.attempt_id.in_(sorted(attempt_ids))
        rows = await self._database.rows(select(_ORDERS.attempt_id, _ORDERS.holder, _ORDERS.state).where(known))
        return frozenset(
            AttemptId(row.attempt_id) for row in rows if row.holder != name or OrderState(row.state) not in HELD
        )

    async def _moves(self, move: OrderMove, order: WorkerOrder, outcome: Mapping[str, Any] | None = None) -> bool:
        return await self._database.change(of_holder(move, order, outcome)) == 1


def _register(connection: Connection, worker: Worker) -> Seat:
    told = {
        "node_id": worker.node_id,
        "device": worker.device,
        "tier": worker.tier,
        "capabilities": list(worker.capabilities),
        "max_resolution": worker.max_resolution,
        "state": WorkerState.STARTING,
        "reason": "",
        "vitals": None,
        "heartbeat_at": DatabaseTime(),
    }
    own = WORKERS.c.name == worker.name
    again = update(WORKERS).where(own).values(**told, epoch=WORKERS.c.epoch + 1)
    if not connection.execute(again).rowcount:
        connection.execute(insert(WORKERS).values(name=worker.name, epoch=1, inventory_digest="", **told))
    return Seat(worker.name, connection.execute(select(WORKERS.c.epoch).where(own)).one().epoch)


def _beat(connection: Connection, seat: Seat, heartbeat: Heartbeat) -> bool:
    own = update(WORKERS).where(WORKERS.c.name == seat.name, WORKERS.c.epoch == seat.epoch)
    vitals = None if heartbeat.vitals is None else vitals_json(heartbeat.vitals)
    told = {"state": heartbeat.state, "reason": heartbeat.reason, "vitals": vitals}
    heard = connection.execute(own.values(**told, heartbeat_at=DatabaseTime())).rowcount == 1
    if heard and heartbeat.alive:
        alive = (_ORDERS.attempt_id.in_(sorted(heartbeat.alive)), _ORDERS.holder == seat.name, _IS_HELD)
        connection.execute(update(WORKER_ORDERS).where(*alive).values(signs=_ORDERS.signs + 1))
    return heard


def _next(node_id: NodeId, attempt_ids: Collection[AttemptId]) -> Select[Any]:
    """Rows that another worker is about to take are passed over, so that none waits for another."""
    query = select(_ORDERS.attempt_id, _ORDERS.epoch).where(_ORDERS.node_id == node_id, _WAITS)
    if attempt_ids:
        query = query.where(_ORDERS.attempt_id.in_(sorted(attempt_ids)))
    return query.order_by(_ORDERS.place).limit(1).with_for_update(skip_locked=True)


def claim_one(
    connection: Connection, seat: Seat, node_id: NodeId, attempt_ids: Collection[AttemptId] = ()
) -> WorkerOrder | None:
    """Within a transaction."""
    if not _has(connection, seat):
        return None
    found = connection.execute(_next(node_id, attempt_ids)).first()
    if found is None:
        return None
    same = (_ORDERS.attempt_id == found.attempt_id, _ORDERS.epoch == found.epoch)
    if not connection.execute(moved(OrderMove.CLAIM, *same, holder=seat.name)).rowcount:
        return None
    return _order(connection, found.attempt_id)


def _has(connection: Connection, seat: Seat) -> bool:
    """Whether the seat is still this process's; whoever registers under its name waits for the transaction to end, and
    so finds all that was claimed before."""
    mine = select(WORKERS.c.name).where(WORKERS.c.name == seat.name, WORKERS.c.epoch == seat.epoch)
    return connection.execute(mine.with_for_update(read=True)).first() is not None


def _hand_back(connection: Connection, seat: Seat, outcome: Mapping[str, Any]) -> int:
    if not _has(connection, seat):
        return 0
    own = _ORDERS.node_id == seat.name
    return connection.execute(moved(OrderMove.HAND_BACK, own, outcome=dict(outcome))).rowcount


def _adopt(connection: Connection, seat: Seat, order: WorkerOrder) -> WorkerOrder | None:
    if not _has(connection, seat):
        return None
    mine = (_ORDERS.attempt_id == order.attempt_id, _ORDERS.epoch == order.epoch, _ORDERS.holder == seat.name, _IS_HELD)
    if not connection.execute(update(WORKER_ORDERS).where(*mine).values(epoch=_ORDERS.epoch + 1)).rowcount:
        return None
    return _order(connection, order.attempt_id)


def _order(connection: Connection, attempt_id: AttemptId) -> WorkerOrder:
    return order_of(connection.execute(select(WORKER_ORDERS).where(_ORDERS.attempt_id == attempt_id)).one())
