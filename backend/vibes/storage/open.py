"""Opens the database for the services: locked, migrated, ready."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import select

from vibes.ports.boards import BoardRepository
from vibes.ports.ledger import SpendingRepository
from vibes.ports.measures import Writes
from vibes.ports.prompts import PromptRepository
from vibes.ports.refinements import RefinementRepository
from vibes.ports.rentals import RentalRepository
from vibes.ports.storage import (
    ArtifactRepository,
    AttemptRepository,
    DoomedFileRepository,
    DrainRepository,
    GenerationRepository,
    JobRepository,
    ModelRepository,
    QueueRepository,
    SessionRepository,
    Storage,
    WorkflowVersionRepository,
)
from vibes.ports.styles import StyleRepository
from vibes.storage.repositories.artifacts import SqlArtifacts
from vibes.storage.repositories.attempts import SqlAttempts
from vibes.storage.repositories.boards import SqlBoards
from vibes.storage.repositories.doomed_files import SqlDoomedFiles
from vibes.storage.repositories.drains import SqlDrains
from vibes.storage.repositories.generations import SqlGenerations
from vibes.storage.repositories.jobs import SqlJobs
from vibes.storage.repositories.models import SqlModels
from vibes.storage.repositories.prompts import SqlPrompts
from vibes.storage.repositories.queue import SqlQueue
from vibes.storage.repositories.refinements import SqlRefinements
from vibes.storage.repositories.rentals import SqlRentals
from vibes.storage.repositories.sessions import SqlSessions
from vibes.storage.repositories.spendings import SqlSpendings
from vibes.storage.repositories.styles import SqlStyles
from vibes.storage.repositories.workflow_versions import SqlWorkflowVersions
from vibes.storage.sql.database import Database
from vibes.storage.sql.engine import database_path
from vibes.storage.sql.file_lock import only_hub
from vibes.storage.sql.tables import SESSIONS
from vibes.storage.upgrading.migrate import migrate


class SqlStorage:
    """Implements ``Storage``."""

    sessions: SessionRepository
    generations: GenerationRepository
    attempts: AttemptRepository
    workflow_versions: WorkflowVersionRepository
    queue: QueueRepository
    models: ModelRepository
    drains: DrainRepository
    jobs: JobRepository
    doomed_files: DoomedFileRepository
    artifacts: ArtifactRepository
    spendings: SpendingRepository
    rentals: RentalRepository
    refinements: RefinementRepository
    styles: StyleRepository
    prompts: PromptRepository
    boards: BoardRepository
    writes: Writes

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sessions = SqlSessions(database)
        self.generations = SqlGenerations(database)
        self.attempts = SqlAttempts(database)
        self.workflow_versions = SqlWorkflowVersions(database)
        self.queue = SqlQueue(database)
        self.models = SqlModels(database)
        self.drains = SqlDrains(database)
        self.jobs = SqlJobs(database)
        self.doomed_files = SqlDoomedFiles(database)
        self.artifacts = SqlArtifacts(database)
        self.spendings = SqlSpendings(database)
        self.rentals = SqlRentals(database)
        self.refinements = SqlRefinements(database)
        self.styles = SqlStyles(database)
        self.prompts = SqlPrompts(database)
        self.boards = SqlBoards(database)
        self.writes = database.writes

    async def ping(self) -> None:
        await self._database.rows(select(SESSIONS.c.id).limit(1))


@asynccontextmanager
async def open_storage(url: str, *, synchronous: str = "FULL") -> AsyncIterator[Storage]:
    """The storage behind a URL like ``sqlite:///data/vibes.db``, created or migrated where needed.

    ``synchronous`` is SQLite's: FULL keeps every commit through a power cut, NORMAL may lose the last.
    Raises Conflict (``database_in_use``, ``newer_schema``, ``foreign_database``), InvalidRequest for a URL or
    setting that makes no sense, and StorageUnavailable when the file cannot be read or written.
    """
    path = database_path(url)
    database = Database(path, synchronous=synchronous)
    with only_hub(path):
        await _migrate_to_the_end(path)
        try:
            # Opens the writer first: it switches the file to WAL, which an open reader would prevent. A file that
            # cannot be written is noticed here and not at the first picture.
            await database.write(lambda _: None)
            yield SqlStorage(database)
        finally:
            await database.close()


async def _migrate_to_the_end(path: Path) -> None:
    """Finish the migration even if the caller is cancelled: the lock must not be released while it runs."""
    migration = asyncio.create_task(asyncio.to_thread(migrate, path))
    try:
        await asyncio.shield(migration)
    finally:
        await asyncio.wait([migration])
