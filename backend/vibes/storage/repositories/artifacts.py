"""Whose the uploads are, in the database."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from vibes.domain.ids import OwnerId
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import ARTIFACTS

_COLUMNS = ARTIFACTS.c


class SqlArtifacts:
    """Implements ``ArtifactRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def uploaded(self, artifact_id: str, owner: OwnerId | None) -> None:
        await self._database.write(lambda connection: _uploaded(connection, artifact_id, owner))

    async def owner_of(self, artifact_id: str) -> OwnerId | None:
        row = await self._database.row(select(_COLUMNS.owner).where(_COLUMNS.id == artifact_id))
        return row and row.owner

    async def forget(self, artifact_ids: Collection[str]) -> None:
        wanted = [{"wanted": artifact_id} for artifact_id in artifact_ids]
        if wanted:  # one by one, for a database takes a limited number of values at once
            statement = delete(ARTIFACTS).where(_COLUMNS.id == bindparam("wanted"))
            await self._database.write(lambda connection: connection.execute(statement, wanted))


def _uploaded(connection: Connection, artifact_id: str, owner: OwnerId | None) -> None:
    mine = _COLUMNS.id == artifact_id
    before = connection.execute(select(_COLUMNS.owner).where(mine)).first()
    if before is None:
        connection.execute(insert(ARTIFACTS), {"id": artifact_id, "owner": owner})
    elif before.owner != owner:
        connection.execute(update(ARTIFACTS).where(mine).values(owner=None))
