"""What was rented, in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from vibes.domain.ids import NodeId
from vibes.ports.rentals import RentalRecord
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import RENTALS


class SqlRentals:
    """Implements ``RentalRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, moment: datetime) -> Sequence[RentalRecord]:
        wanted = or_(RENTALS.c.ended_at.is_(None), RENTALS.c.ended_at > moment)
        rows = await self._database.rows(select(RENTALS).where(wanted))
        return [
            RentalRecord(id=row.id, node_id=NodeId(row.node_id), ended_at=row.ended_at, content=row.content)
            for row in rows
        ]

    async def put(self, record: RentalRecord) -> None:
        row = {
            "id": record.id,
            "node_id": record.node_id,
            "ended_at": record.ended_at,
            "content": dict(record.content),
        }

        await self._database.write(
            lambda connection: (
                connection.execute(delete(RENTALS).where(RENTALS.c.id == record.id)),
                connection.execute(insert(RENTALS).values(row)),
            )
        )
