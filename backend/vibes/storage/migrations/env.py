"""Runs migrations on the connection that `vibes.storage.upgrading.upgrade` hands over; Alembic executes this file."""

from alembic import context
from sqlalchemy import Connection

from vibes.storage.sql.tables import METADATA


def run(connection: Connection) -> None:
    """Run all pending revisions in the caller's transaction: all of them or none."""
    context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
    context.run_migrations()


run(context.config.attributes["connection"])
