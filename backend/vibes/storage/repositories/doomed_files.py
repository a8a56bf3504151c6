"""Files whose rows are gone, recorded in the transaction that deletes the rows, so that they are deleted after a crash
too."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from vibes.storage.sql.database import Database
from vibes.storage.sql.rows import images_of
from vibes.storage.sql.tables import DOOMED_FILES, GENERATIONS, IMAGE_COLUMNS

_AT_ONCE = 500


class SqlDoomedFiles:
    """Implements ``DoomedFileRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def some(self) -> Sequence[str]:
        rows = await self._database.rows(select(DOOMED_FILES.c.path).order_by(DOOMED_FILES.c.id).limit(_AT_ONCE))
        return [row.path for row in rows]

    async def forget(self, paths: Collection[str]) -> None:
        statement = delete(DOOMED_FILES).where(DOOMED_FILES.c.path.in_(paths))
        await self._database.write(lambda connection: connection.execute(statement))


def doom(connection: Connection, generations: ColumnElement[bool]) -> None:
    """Record the files of these generations; call it before deleting their rows."""
    with_images = select(*IMAGE_COLUMNS).where(generations, GENERATIONS.c.image_path.is_not(None))
    paths = [
        {"path": path} for row in connection.execute(with_images) for each in images_of(row) for path in each.paths
    ]
    if paths:
        connection.execute(insert(DOOMED_FILES), paths)
