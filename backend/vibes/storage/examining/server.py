"""Looks at a PostgreSQL database."""

from dataclasses import replace
from datetime import UTC

from sqlalchemy import URL, Connection

from vibes.domain.errors import HubError
from vibes.ports.clock import Clock
from vibes.ports.database_facts import DatabaseFacts
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.postgresql.engine import postgresql_engine
from vibes.storage.upgrading.schema import MIGRATIONS, known_revisions

_OURS = "SELECT to_regclass('alembic_version') IS NOT NULL, count(*) FROM pg_tables WHERE schemaname = current_schema()"
"""Whether the hub's tables are there, and how many tables there are."""


def examine_server(url: URL, clock: Clock) -> DatabaseFacts:
    """Blocks for some seconds at most."""
    place = f"{url.host or 'local'}:{url.port or 5432}/{url.database or ''}"
    facts = DatabaseFacts(place=place, dialect="PostgreSQL", known_schemas=tuple(known_revisions(MIGRATIONS)))
    try:
        engine = postgresql_engine(url, connections=1, autocommit=True)
        try:
            with driver_errors(), engine.connect() as connection:
                return _read(connection, facts, clock)
        finally:
            engine.dispose()
    except HubError as error:
        return replace(facts, problem=error.message)


def _read(connection: Connection, facts: DatabaseFacts, clock: Clock) -> DatabaseFacts:
    began = clock.now()
    version, size, now = connection.exec_driver_sql(
        "SELECT current_setting('server_version'), pg_database_size(current_database()), clock_timestamp()"
    ).one()
    facts = replace(
        facts,
        version=str(version).partition(" ")[0],
        size_bytes=int(size),
        now=now.astimezone(UTC),
        asked_at=began + (clock.now() - began) / 2,
    )
    ours, tables = connection.exec_driver_sql(_OURS).one()
    if not ours:
        return replace(facts, foreign=tables > 0, exists=tables > 0)
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return replace(facts, schema=None if row is None else str(row[0]))
