"""Looks at the database that a URL names, whichever it is."""

import asyncio

from vibes.domain.errors import HubError
from vibes.ports.clock import Clock
from vibes.ports.database_facts import DatabaseFacts
from vibes.storage.examining.file import examine_file
from vibes.storage.sql.sqlite import database_path
from vibes.storage.sql.urls import database_url, is_postgresql


async def examine_database(url: str, clock: Clock, *, check_seconds: float = 5.0) -> DatabaseFacts:
    """``check_seconds``: for which the integrity of a file is checked; of a large one that is a part."""
    try:
        parsed = database_url(url)
        if not is_postgresql(parsed):
            path = database_path(parsed)
            return await asyncio.to_thread(examine_file, path, clock, check_seconds)
    except HubError as error:
        return DatabaseFacts(place="VIBES_DATABASE_URL", dialect="database", problem=error.message)
    # Imported only here: what SQLAlchemy knows of PostgreSQL, and its driver, are megabytes
    from vibes.storage.examining.server import examine_server

    return await asyncio.to_thread(examine_server, parsed, clock)
