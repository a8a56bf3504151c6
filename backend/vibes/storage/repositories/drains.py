"""Which nodes a person drained, or lends in their own hours, in the database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from vibes.domain.ids import NodeId
from vibes.domain.nodes.handing_back import Drain, Loan, Word
from vibes.domain.nodes.owner_hours import WhenNeeded
from vibes.storage.sql.database import Database
from vibes.storage.sql.node_tables import DRAINED_NODES


class SqlDrains:
    """Implements ``DrainRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[NodeId, Word]:
        return {NodeId(row.node_id): _word(row) for row in await self._database.rows(select(DRAINED_NODES))}

    async def put(self, node_id: NodeId, word: Word) -> None:
        def replace(connection: Connection) -> None:
            connection.execute(delete(DRAINED_NODES).where(DRAINED_NODES.c.node_id == node_id))
            connection.execute(insert(DRAINED_NODES).values(node_id=node_id, **_values(word)))

        await self._database.write(replace)

    async def remove(self, node_id: NodeId) -> None:
        await self._database.change(delete(DRAINED_NODES).where(DRAINED_NODES.c.node_id == node_id))


def _values(word: Word) -> dict[str, Any]:
    said = {"since": word.since, "until": word.until, "lent": isinstance(word, Loan)}
    return {**said, "running": word.running.value, "free": word.free} if isinstance(word, Drain) else said


def _word(row: Row[Any]) -> Word:
    if row.lent:
        return Loan(since=row.since, until=row.until)
    return Drain(since=row.since, until=row.until, running=WhenNeeded(row.running), free=row.free)
