"""PostgreSQL's own programs: which of those that are installed fits a server, and how one is run."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import URL

from vibes.domain.errors import StorageUnavailable
from vibes.generators.processes.environment import harmless

_DEBIAN = Path("/usr/lib/postgresql")
"""Debian keeps the programs of each version in a folder that is not on the path."""
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_LIBPQ = {
    "host": "PGHOST",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
"""What a database's URL may say that its programs have to know, too."""


class NoProgram(Exception):
    """Says of a program of PostgreSQL that it is missing here, or too old for the server."""

    advice = "Install PostgreSQL's client programs"

    def __init__(self, name: str, of: int | None, server: int) -> None:
        here = "is not installed here" if of is None else f"here is that of PostgreSQL {of}, and the server is {server}"
        package = "postgresql-client" if of is None else f"postgresql-client-{server}"
        super().__init__(f"{name} {here}. {self.advice} (Debian: {package})")


def program_for(name: str, server: int) -> str:
    """The program of the server's own version, else the newest. Raises NoProgram where that is older than the server,
    which it refuses to dump then, or where there is none."""
    found = {version: path for path in _installed(name) if (version := _version(path)) is not None}
    fits = server if server in found else max(found, default=None)
    if fits is None or fits < server:
        raise NoProgram(name, fits, server)
    return found[fits]


def _installed(name: str) -> Iterator[str]:
    yield from map(str, _DEBIAN.glob(f"*/bin/{name}"))
    on_path = shutil.which(name)
    if on_path is not None:
        yield on_path


def _version(path: str) -> int | None:
    try:
        said = subprocess.run([path, "--version"], env=harmless(), capture_output=True, check=False)  # noqa: S603 - a program of PostgreSQL
    except OSError:
        return None
    found = _VERSION.search(said.stdout.decode("utf-8", "replace"))
    return int(found[1]) if found is not None else None


def told_of(url: URL) -> dict[str, str]:
    """The environment of a program that works on this database: names and password stand there, where other users
    cannot see them."""
    given = {_LIBPQ[name]: str(value) for name, value in url.query.items() if name in _LIBPQ}
    given |= {
        "PGHOST": url.host or given.get("PGHOST", ""),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
    }
    return harmless() | {name: value for name, value in given.items() if value}


def run_program(command: Sequence[str], url: URL) -> None:
    """Raises StorageUnavailable in its own words."""
    done = subprocess.run(command, env=told_of(url), capture_output=True, check=False)  # noqa: S603 - a program of PostgreSQL
    require_well(command, done.returncode, done.stderr)


def require_well(command: Sequence[str], status: int, said: bytes) -> None:
    """Raises StorageUnavailable for a program that has failed, with the first error that it tells."""
    if status == 0:
        return
    lines = said.decode("utf-8", "replace").strip().splitlines()
    why = next((line for line in lines if "error:" in line.lower()), lines[-1] if lines else f"status {status}")
    raise StorageUnavailable(f"{Path(command[0]).name} failed: {why}")
