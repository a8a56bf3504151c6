"""Runs the pending migrations with Alembic."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_ALEMBIC = threading.Lock()
"""Alembic's ``op`` and ``context`` are global, so only one migration may run in a process."""


def upgrade(connection: Connection, migrations: Path) -> None:
    """Run all pending migrations within the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with _ALEMBIC:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
