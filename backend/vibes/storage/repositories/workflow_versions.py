"""Workflows as they were at submission, in the database."""

from sqlalchemy import Connection, insert, select

from vibes.domain.ids import WorkflowVersionId
from vibes.domain.workflow_version import WorkflowVersion
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import WORKFLOW_VERSIONS

_COLUMNS = WORKFLOW_VERSIONS.c


class SqlWorkflowVersions:
    """Implements ``WorkflowVersionRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, version: WorkflowVersion) -> None:
        await self._database.write(lambda connection: _keep(connection, version))

    async def get(self, version_id: WorkflowVersionId) -> WorkflowVersion | None:
        row = await self._database.row(select(WORKFLOW_VERSIONS).where(_COLUMNS.id == version_id))
        return row and WorkflowVersion(id=row.id, document=row.document)


def _keep(connection: Connection, version: WorkflowVersion) -> None:
    if connection.execute(select(_COLUMNS.id).where(_COLUMNS.id == version.id)).first() is None:
        connection.execute(insert(WORKFLOW_VERSIONS), {"id": version.id, "document": version.document})
