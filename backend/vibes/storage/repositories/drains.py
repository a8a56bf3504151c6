"""Which nodes a person drained, in the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, exists, insert, literal, select

from vibes.domain.ids import NodeId
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import DRAINED_NODES


class SqlDrains:
    """Implements ``DrainRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[NodeId, datetime]:
        return {NodeId(row.node_id): row.since for row in await self._database.rows(select(DRAINED_NODES))}

    async def add(self, node_id: NodeId, since: datetime) -> None:
        known = exists().where(DRAINED_NODES.c.node_id == node_id)
        row = select(literal(node_id), literal(since, DRAINED_NODES.c.since.type)).where(~known)
        statement = insert(DRAINED_NODES).from_select(["node_id", "since"], row)
        await self._database.write(lambda connection: connection.execute(statement))

    async def remove(self, node_id: NodeId) -> None:
        await self._database.change(delete(DRAINED_NODES).where(DRAINED_NODES.c.node_id == node_id))
