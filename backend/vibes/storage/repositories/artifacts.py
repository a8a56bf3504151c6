"""Whose the uploads are, and which of them anything still names, in the database."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, bindparam, cast, delete, insert, or_, select, update

from vibes.domain.generation import OPEN_STATUSES
from vibes.domain.ids import OwnerId
from vibes.domain.job import OPEN_JOB_STATUSES, TERMINAL_JOB_STATUSES
from vibes.domain.pictures.picture import PictureOrigin
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import ARTIFACTS, GENERATIONS, JOB_ARTIFACTS, JOBS, SESSIONS
from vibes.storage.sql.text_search import text_within

_COLUMNS = ARTIFACTS.c
_MENTION = f"{PictureOrigin.ARTIFACT}:"
_MENTIONED = re.compile(rf"{_MENTION}([0-9a-f]{{64}})")


class SqlArtifacts:
    """Implements ``ArtifactRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def uploaded(self, artifact_id: str, owner: OwnerId | None) -> None:
        await self._database.write(lambda connection: _uploaded(connection, artifact_id, owner))

    async def owner_of(self, artifact_id: str) -> OwnerId | None:
        row = await self._database.row(select(_COLUMNS.owner).where(_COLUMNS.id == artifact_id))
        return row and row.owner

    async def named(self, artifact_ids: Collection[str]) -> frozenset[str]:
        if not artifact_ids:
            return frozenset()
        wanted = frozenset(artifact_ids)

        def mentioned(row: Row[Any]) -> frozenset[str]:
            return wanted.intersection(_MENTIONED.findall(row.text))

        texts = [await self._database.values(query, mentioned) for query in (_CONFIGS, _PARAMETERS)]
        jobs = await self._database.values(_OF_OPEN_JOBS, lambda row: wanted & {row.artifact_id})
        return frozenset().union(*(found for each in (*texts, jobs) for found in each))

    async def forget(self, artifact_ids: Collection[str]) -> None:
        wanted = [{"wanted": artifact_id} for artifact_id in artifact_ids]
        if wanted:  # one by one, for a database takes a limited number of values at once
            statement = delete(ARTIFACTS).where(_COLUMNS.id == bindparam("wanted"))
            await self._database.write(lambda connection: connection.execute(statement, wanted))


def _naming(column: Any) -> Select[Any]:
    """Those of its values, as text, that name an upload at all."""
    text = cast(column, Text)
    return select(text.label("text")).where(text_within(_MENTION, text))


_CONFIGS = _naming(SESSIONS.c.config)
"""Those that are set aside included: they may be restored."""
_PARAMETERS = _naming(GENERATIONS.c.parameters).where(
    or_(
        GENERATIONS.c.status.in_(sorted(OPEN_STATUSES)),
        GENERATIONS.c.session_id.not_in(
            select(JOBS.c.session_id).where(JOBS.c.status.in_(sorted(TERMINAL_JOB_STATUSES)))
        ),
    )
)
"""Of an ended job only those that a person has asked for again: its uploads go with it."""
_OF_OPEN_JOBS = (
    select(JOB_ARTIFACTS.c.artifact_id)
    .distinct()
    .join(JOBS, JOBS.c.id == JOB_ARTIFACTS.c.job_id)
    .where(JOBS.c.status.in_(sorted(OPEN_JOB_STATUSES)))
)


def _uploaded(connection: Connection, artifact_id: str, owner: OwnerId | None) -> None:
    mine = _COLUMNS.id == artifact_id
    before = connection.execute(select(_COLUMNS.owner).where(mine)).first()
    if before is None:
        connection.execute(insert(ARTIFACTS), {"id": artifact_id, "owner": owner})
    elif before.owner != owner:
        connection.execute(update(ARTIFACTS).where(mine).values(owner=None))
