"""What is to be done to bring a database to this release's schema, whichever database it is."""

from collections.abc import Collection, Sequence
from pathlib import Path

from sqlalchemy import Connection

from vibes.domain.errors import Conflict
from vibes.storage.sql import board_tables, lease_tables, mark_tables, node_tables, worker_tables
from vibes.storage.sql.tables import METADATA

MIGRATIONS = Path(__file__).parents[1] / "migrations"
_DECLARED = (
    board_tables.BOARDS,
    lease_tables.LEASES,
    mark_tables.COMMIT_MARKS,
    node_tables.DRAINED_NODES,
    worker_tables.WORKERS,
)
"""Of the modules beside ``tables``, so that they are known to ``METADATA``."""


def known_revisions(migrations: Path) -> Sequence[str]:
    """Oldest first."""
    return [path.stem.partition("_")[0] for path in sorted((migrations / "versions").glob("[!_]*.py"))]


def require_known(database: str, revision: str | None, known: Collection[str]) -> None:
    """Raises Conflict (``newer_schema``) for the schema of a later release."""
    if revision is not None and revision not in known:
        raise Conflict(
            f"{database} was written by a newer release (schema {revision}). Install that release, or put back the "
            "backup that was made before it changed the database.",
            code="newer_schema",
        )


def make_newest(connection: Connection, current: str | None, migrations: Path) -> None:
    """Make an empty database, or run what is missing on one of revision ``current``, in the caller's transaction."""
    if current is None and migrations == MIGRATIONS:
        _create(connection, known_revisions(migrations)[-1])
    else:
        # Imported only here: Alembic takes 8 MB for the life of the hub, and there is seldom something to upgrade
        from vibes.storage.upgrading.upgrade import upgrade

        upgrade(connection, migrations)


def _create(connection: Connection, newest: str) -> None:
    """Create what all migrations together would make of an empty database."""
    METADATA.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest}')")  # noqa: S608 - a file's name
