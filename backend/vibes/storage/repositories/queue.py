"""Whether the queue is paused, in the database."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import QUEUE_PAUSES


class SqlQueue:
    """Implements ``QueueRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def paused_since(self) -> datetime | None:
        row = await self._database.row(select(QUEUE_PAUSES.c.since))
        return row and row.since

    async def pause(self, since: datetime) -> None:
        await self._database.write(lambda connection: _pause(connection, since))

    async def resume(self) -> None:
        await self._database.write(lambda connection: connection.execute(delete(QUEUE_PAUSES)))


def _pause(connection: Connection, since: datetime) -> None:
    if connection.execute(select(QUEUE_PAUSES.c.since)).first() is None:
        connection.execute(insert(QUEUE_PAUSES), {"since": since})
