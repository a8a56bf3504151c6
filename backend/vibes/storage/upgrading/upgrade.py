"""Runs the pending migrations with Alembic."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_ALEMBIC = threading.Lock()
"""Alembic's ``op`` and ``context`` are global: two migrations in one process would mix."""


def upgrade(connection: Connection, migrations: Path) -> None:
    """All that are pending, within the transaction that the caller has begun."""
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with _ALEMBIC:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
