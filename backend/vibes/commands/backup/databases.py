"""Brings an SQLite file into a backup and back."""

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine

from vibes.domain.errors import StorageUnavailable
from vibes.domain.generation import StoredImage
from vibes.environment.durable_files import fsync_folder
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.named_images import named_images
from vibes.storage.sql.snapshot import write_snapshot
from vibes.storage.sql.sqlite import database_path


def copy_file(url: URL, copy: Path) -> list[StoredImage]:
    """Copy an SQLite database as it is now; answers the images that the copy names. Raises StorageUnavailable."""
    source = database_path(url)
    if not source.exists():
        raise StorageUnavailable(f"there is no database {source}. Name the hub's data folder with --data")
    try:
        write_snapshot(source, copy)
    except (sqlite3.DatabaseError, OSError) as error:
        raise StorageUnavailable(f"the database {source} cannot be copied: {error}") from error
    return images_in(copy)


def images_in(database: Path) -> list[StoredImage]:
    """Those that an SQLite file names."""
    address = f"{database.resolve().as_uri()}?mode=ro&immutable=1"  # leaves nothing beside it, wherever it lies
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool)
    with driver_errors(), engine.connect() as connection:
        return list(named_images(connection))


def restore_file(url: URL, copy: Path, moment: str) -> Path | None:
    """Put an SQLite file in its place; answers where an earlier one was set aside. Raises OSError."""
    path = database_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    shutil.copyfile(copy, temporary)
    descriptor = os.open(temporary, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    aside = _set_aside(path, path.with_name(f"{path.name}.before-restore-{moment}"))  # once there was room for the copy
    temporary.replace(path)
    fsync_folder(path.parent)
    return aside


def _set_aside(path: Path, aside: Path) -> Path | None:
    """With its log. It is not opened: it may be damaged, and SQLite deletes a log that it can make nothing of."""
    there = path.exists()
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
    return aside if there else None
