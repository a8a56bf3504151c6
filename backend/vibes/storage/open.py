"""Opens the database for the services: locked, migrated, ready."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from sqlalchemy import URL, select
from sqlalchemy.exc import ProgrammingError

from vibes.domain.errors import InvalidRequest, StorageUnavailable
from vibes.ports.boards import BoardRepository
from vibes.ports.criteria import PictureTotals
from vibes.ports.ledger import SpendingRepository
from vibes.ports.observing.measures import Writes
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
from vibes.ports.workers.rows import WorkerDesk, WorkerOrders
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
from vibes.storage.repositories.workers.desk import SqlWorkerDesk
from vibes.storage.repositories.workers.orders import SqlWorkerOrders
from vibes.storage.repositories.workflow_versions import SqlWorkflowVersions
from vibes.storage.sql.database import PATIENCE_SECONDS, Database, Guard
from vibes.storage.sql.engines import Engines
from vibes.storage.sql.failures import PassingTrouble, driver_errors
from vibes.storage.sql.file_lock import only_hub
from vibes.storage.sql.sqlite import SqliteEngines, database_path
from vibes.storage.sql.tables import SESSIONS
from vibes.storage.sql.urls import database_url, is_postgresql
from vibes.storage.sql.worker_tables import WORKERS
from vibes.storage.upgrading.migrate import migrate

_log = logging.getLogger(__name__)
_AGAIN_SECONDS = 1.0
"""Between two looks whether a server answers."""


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
    totals: PictureTotals
    artifacts: ArtifactRepository
    spendings: SpendingRepository
    rentals: RentalRepository
    refinements: RefinementRepository
    styles: StyleRepository
    prompts: PromptRepository
    boards: BoardRepository
    writes: Writes
    workers: WorkerOrders

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sessions = SqlSessions(database)
        self.generations = self.totals = SqlGenerations(database)
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
        self.workers = SqlWorkerOrders(database)

    async def ping(self) -> None:
        """Whether it answers now: this waits for no server."""
        await self._database.values(select(SESSIONS.c.id).limit(1), lambda row: row, patience=0)


@asynccontextmanager
async def open_storage(url: str, *, synchronous: str = "FULL", guard: Guard | None = None) -> AsyncIterator[Storage]:
    """The storage behind a URL like ``sqlite:///data/vibes.db``, created or migrated where needed.

    ``synchronous`` is SQLite's: FULL keeps every commit through a power cut, NORMAL may lose the last. ``guard`` begins
    each transaction that writes, and raises where this process may not.
    Raises Conflict (``database_in_use``, ``newer_schema``, ``foreign_database``), InvalidRequest for a URL or
    setting that makes no sense, and StorageUnavailable when the database cannot be read or written.
    """
    parsed = database_url(url)
    opening = _open_server(parsed) if is_postgresql(parsed) else _open_file(parsed, synchronous)
    async with opening as engines:
        database = Database(engines, guard)
        try:
            yield SqlStorage(database)
        finally:
            await database.close()


@asynccontextmanager
async def open_worker_desk(url: str) -> AsyncIterator[WorkerDesk]:
    """What a worker shares with the hub, which makes and migrates the tables: they are waited for.

    Raises InvalidRequest for a database that a worker cannot share.
    """
    parsed = database_url(url)
    if not is_postgresql(parsed):
        raise InvalidRequest("a worker shares the hub's database: set VIBES_DATABASE_URL to a PostgreSQL server")
    from vibes.storage.sql.postgresql.engine import PostgresqlEngines  # as below

    engines = PostgresqlEngines(parsed)
    try:
        await _once_the_hub_was_there(engines)
        database = Database(engines)
        try:
            yield SqlWorkerDesk(database)
        finally:
            await database.close()
    finally:
        engines.dispose()


async def _once_the_hub_was_there(engines: Engines) -> None:
    """Tables that are not there, and a server that is not, are told alike: both come."""
    told = ""
    while (missing := await asyncio.to_thread(_missing, engines)) is not None:
        if told != missing:
            _log.warning("waiting: %s", missing)
        told = missing
        await asyncio.sleep(_AGAIN_SECONDS)


def _missing(engines: Engines) -> str | None:
    """Why there is no work there yet."""
    try:
        with driver_errors(), engines.readers.connect() as connection:
            connection.execute(select(WORKERS.c.name).limit(1)).all()
        engines.prepare()
    except ProgrammingError:
        return "no hub of this version has opened the database yet"
    except StorageUnavailable as error:
        return error.message
    return None


@asynccontextmanager
async def _open_file(url: URL, synchronous: str) -> AsyncIterator[Engines]:
    path = database_path(url)
    engines = SqliteEngines(path, synchronous=synchronous)
    with only_hub(path):
        await _to_the_end(partial(migrate, path))
        await _to_the_end(engines.prepare)
        yield engines


@asynccontextmanager
async def _open_server(url: URL) -> AsyncIterator[Engines]:
    # Imported only here: what SQLAlchemy knows of PostgreSQL, and its driver, are megabytes
    from vibes.storage.sql.postgresql.engine import PostgresqlEngines
    from vibes.storage.upgrading.postgresql import migrate_server

    engines = PostgresqlEngines(url)
    try:
        await _once_it_answers(partial(migrate_server, engines.writer))
        await _once_it_answers(engines.prepare)
        yield engines
    finally:
        engines.dispose()


async def _once_it_answers(work: Callable[[], None]) -> None:
    """Servers are often started together, and the database is not always the first to be ready."""
    loop = asyncio.get_running_loop()
    until, told = loop.time() + PATIENCE_SECONDS, ""
    while True:
        try:
            return await _to_the_end(work)
        except PassingTrouble as trouble:
            if loop.time() + _AGAIN_SECONDS > until:
                raise
            if told != str(trouble):
                _log.warning("%s", trouble)
            told = str(trouble)
        await asyncio.sleep(_AGAIN_SECONDS)


async def _to_the_end(work: Callable[[], None]) -> None:
    """Finish it even if the caller is cancelled: a lock must not be released while it runs."""
    working = asyncio.create_task(asyncio.to_thread(work))
    try:
        await asyncio.shield(working)
    finally:
        await asyncio.wait([working])
