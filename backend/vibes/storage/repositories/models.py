"""What people said of model files, and what was drawn with them, in the database."""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, delete, insert, select

from vibes.domain.generation import Generation, GenerationStatus
from vibes.ports.storage import ModelNotes
from vibes.storage.repositories import generation_queries as queries
from vibes.storage.sql.database import Database
from vibes.storage.sql.rows import generation_of
from vibes.storage.sql.tables import GENERATIONS, MODEL_FAMILIES, PREFERRED_MODELS


class SqlModels:
    """Implements ``ModelRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def notes(self) -> ModelNotes:
        families = await self._database.rows(select(MODEL_FAMILIES))
        preferred = await self._database.rows(select(PREFERRED_MODELS))
        return ModelNotes(
            families={row.file: row.family for row in families},
            preferred={row.family: row.file for row in preferred},
        )

    async def say_family(self, file: str, family: str | None) -> None:
        await self._database.write(lambda connection: _put(connection, MODEL_FAMILIES.c.file, file, {"family": family}))

    async def prefer(self, family: str, file: str | None) -> None:
        await self._database.write(
            lambda connection: _put(connection, PREFERRED_MODELS.c.family, family, {"file": file})
        )

    async def newest_picture(self, file: str) -> Generation | None:
        row = await self._database.row(
            select(GENERATIONS)
            .where(
                GENERATIONS.c.checkpoint == file,
                GENERATIONS.c.status == GenerationStatus.COMPLETE,
                queries.in_kept_session(),
            )
            .order_by(GENERATIONS.c.created_at.desc())
            .limit(1)
        )
        return row and generation_of(row)


def _put(connection: Connection, key: Column[str], name: str, values: Mapping[str, str | None]) -> None:
    """Replace the row of that name; delete it when there is no value."""
    connection.execute(delete(key.table).where(key == name))
    if None not in values.values():
        connection.execute(insert(key.table), {key.name: name, **values})
