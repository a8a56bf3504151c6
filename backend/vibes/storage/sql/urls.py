"""Which database a URL names. Says nothing of what may be a password."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from vibes.domain.errors import InvalidRequest

SQLITE_EXAMPLE = "sqlite:///data/vibes.db"
POSTGRESQL_EXAMPLE = "postgresql://vibes@db.example/vibes"
_SQLITE = {"sqlite", "sqlite+aiosqlite"}
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}


def database_url(url: str) -> URL:
    """Raises InvalidRequest for what is no URL, and for a database or a driver that is not supported."""
    advice = f"write for example {SQLITE_EXAMPLE} or {POSTGRESQL_EXAMPLE}"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        shown = repr(url) if "@" not in url else "What is given"
        raise InvalidRequest(f"{shown} is not a database URL; {advice}") from None
    if parsed.drivername not in _SQLITE | _POSTGRESQL:
        raise InvalidRequest(f"A {parsed.drivername} database is not supported; {advice}")
    return parsed


def is_postgresql(url: URL) -> bool:
    return url.drivername in _POSTGRESQL
