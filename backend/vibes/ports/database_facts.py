"""What a look at the hub's database tells, without changing anything."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    place: str
    """The file, or the server without its password."""
    dialect: str
    """``SQLite`` or ``PostgreSQL``."""
    exists: bool = True
    """False: it is made when a hub first starts."""
    version: str = ""
    """Of the library, or of the server."""
    size_bytes: int = 0
    log_bytes: int = 0
    """Of SQLite's write-ahead log, which is copied into the file now and then."""
    schema: str | None = None
    """None: none yet."""
    known_schemas: tuple[str, ...] = ()
    """Those of this release, the newest last."""
    foreign: bool = False
    """Whether it holds another program's tables."""
    journal_mode: str = ""
    damage: tuple[str, ...] = ()
    """What an integrity check found, shortened."""
    checked: bool = True
    """Whether that check came to its end within its time."""
    held_by: int | None = None
    """The process that has it open as a hub, where the system tells."""
    now: datetime | None = None
    """The time there, where it has a clock of its own."""
    asked_at: datetime | None = None
    """By this machine's clock, in the middle of the exchange."""
    problem: str = ""
    """Why nothing else is known of it; empty where it could be read."""


LookAtDatabase = Callable[[], Awaitable[DatabaseFacts]]
