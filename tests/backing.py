"""PostgreSQL and Redis for the tests: started once a process when first asked for, ended with it."""

import atexit
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import make_url

from tests.loopback import free_port
from tests.server_programs import found, require
from tests.waiting import HANG_SECONDS, once_it
from vibes.storage.sql.postgresql.engine import PostgresqlEngines
from vibes.storage.sql.tables import METADATA
from vibes.storage.upgrading.postgresql import migrate_server

_PR_SET_PDEATHSIG = 1
_SHAPE = """
SELECT version_num,
  (SELECT md5(string_agg(attrelid::regclass || attname || atttypid || attnotnull, ',' ORDER BY attrelid, attnum))
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0)
  FROM alembic_version"""
"""What a database's tables look like."""
_EMPTY = "; ".join(
    [f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables)]  # noqa: S608 - our own tables
    + [
        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), 1, false)"
        for table in METADATA.sorted_tables
        if (column := table.autoincrement_column) is not None
    ]
)
_FOLDERS = 4
"""Tests that a database is kept for: a story may have several hubs, each with a folder of its own."""
_BEGINNER = ThreadPoolExecutor(1, "servers-of-tests")
_PASSWORD = "only-on-loopback"  # noqa: S105 - of servers that live for one run of the tests


@dataclass(slots=True)
class PostgresqlServer:
    """A server of this process's own, without any durability; or somebody's, which ``TEST_DATABASE_URL`` names."""

    url: str
    """Of its database ``postgres``, as a role that may create others."""
    folder: Path | None = None
    port: int = 0
    _process: "subprocess.Popen[bytes] | None" = None
    _template: str | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _free: list[str] = field(default_factory=list)
    """Databases with tables and no rows that nobody has at present."""
    _shape: list[tuple[object, ...]] | None = None
    _of_folders: dict[Path, ExitStack] = field(default_factory=dict)
    _urls: dict[Path, str] = field(default_factory=dict)

    @contextmanager
    def database(self, *, migrated: bool = True, encoding: str | None = None) -> Iterator[str]:
        """The URL of a database of its own until the block ends. One of an encoding has no tables.

        One with tables is emptied and lent again: to make one and to drop it are hundreds of files each.
        """
        once = not migrated or encoding is not None
        name = self._free.pop() if self._free and not once else self._made(migrated, encoding)
        url = with_database(self.url, name)
        try:
            yield url
        finally:
            if not once and self._emptied(url):
                self._free.append(name)
            else:
                self._say("DROP DATABASE {} WITH (FORCE)", name)

    def _made(self, migrated: bool, encoding: str | None) -> str:
        name = f"vibes_test_{os.getpid()}_{next(self._numbers)}"
        if encoding is None:
            self._say("CREATE DATABASE {} TEMPLATE {}", name, self.template() if migrated else "template0")
        else:
            self._say(
                f"CREATE DATABASE {{}} TEMPLATE template0 ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C'", name
            )
        if self.folder is None:  # what is somebody else's is left as it was
            atexit.register(partial(self._drop_quietly, name))
        if migrated and self._shape is None:
            self._shape = answers(with_database(self.url, name), _SHAPE)
        return name

    def _emptied(self, url: str) -> bool:
        """False where its tables are not those of this release any more."""
        self.terminate(url)
        try:
            if answers(url, _SHAPE) != self._shape:
                return False
            execute(url, _EMPTY)
        except psycopg.Error:
            return False
        return True

    def database_of(self, folder: Path) -> str:
        """The URL of the one database that belongs to a test's folder; it goes when others have come."""
        if folder not in self._of_folders:
            if len(self._of_folders) >= _FOLDERS:
                oldest = next(iter(self._of_folders))
                self._of_folders.pop(oldest).close()
            database = ExitStack()
            self._urls[folder] = database.enter_context(self.database())
            self._of_folders[folder] = database
        return self._urls[folder]

    def template(self) -> str:
        """The name of a database that has the newest schema and nothing else."""
        if self._template is not None:
            return self._template
        self._template = name = f"vibes_template_{os.getpid()}"
        self._say("CREATE DATABASE {} TEMPLATE template0", name)
        atexit.register(partial(self._drop_quietly, name))
        engines = PostgresqlEngines(make_url(with_database(self.url, name)))
        migrate_server(engines.writer)
        engines.dispose()
        return name

    def terminate(self, url: str) -> int:
        """End every connection to that database, as an administrator would; answers how many there were."""
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        with self._connected() as connection:
            row = connection.execute(query, [make_url(url).database]).fetchone()
        return int(str(row[0])) if row else 0

    def start(self) -> None:
        """Returns once it answers. Only for a server of this process's own, as are ``stop`` and ``restart``."""
        assert self.folder is not None, "this server is somebody else's"
        self._process = _start(
            [found("postgres"), "-D", str(self.folder / "data")], self.folder / "postgresql.log", user=_owner()
        )
        once_it(self._answers, self._process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: it ends all connections and then itself; SIGQUIT: as a power cut would; SIGTERM waits for clients."""
        _end(self._process, how)
        self._process = None

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        self.stop(how)
        self.start()

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), self._connected():
            return True
        return False

    def _connected(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(_driver_url(self.url), autocommit=True)

    def _say(self, statement: str, *names: str) -> None:
        with self._connected() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _drop_quietly(self, name: str) -> None:
        with suppress(psycopg.OperationalError):
            self._say("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@dataclass(slots=True)
class RedisServer:
    """A server of this process's own that keeps nothing on the disk; or somebody's, which ``TEST_REDIS_URL`` names."""

    url: str
    folder: Path | None = None
    port: int = 0
    _process: "subprocess.Popen[bytes] | None" = None

    def client(self) -> "redis.Redis":
        return redis.Redis.from_url(self.url, decode_responses=True)

    def flush(self) -> None:
        with self.client() as client:
            client.flushall()

    def start(self) -> None:
        assert self.folder is not None, "this server is somebody else's"
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "no",
            "dir": str(self.folder),
            "requirepass": _PASSWORD,
            "maxmemory-policy": "noeviction",
        }
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._process = _start([found("redis-server"), *given], self.folder / "redis.log")
        once_it(self._answers, self._process)

    def stop(self) -> None:
        _end(self._process, signal.SIGTERM)
        self._process = None

    def restart(self) -> None:
        """It has forgotten everything."""
        self.stop()
        self.start()

    def _answers(self) -> bool:
        with suppress(redis.ConnectionError), self.client() as client:
            return bool(client.ping())
        return False


@cache
def postgresql() -> PostgresqlServer:
    """The server of this process. Where PostgreSQL is missing the test is skipped, or fails in CI."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return PostgresqlServer(given)
    require("postgres")
    folder, port = _folder("postgresql", _owner()), free_port()
    _initialise(folder, port)
    server = PostgresqlServer(f"postgresql+psycopg://vibes:{_PASSWORD}@127.0.0.1:{port}/postgres", folder, port)
    server.start()
    atexit.register(partial(_remove, server, folder))
    return server


@cache
def redis_server() -> RedisServer:
    """The server of this process. Where Redis is missing the test is skipped, or fails in CI."""
    if given := os.environ.get("TEST_REDIS_URL"):
        return RedisServer(given)
    require("redis-server")
    folder, port = _folder("redis", None), free_port()
    server = RedisServer(f"redis://:{_PASSWORD}@127.0.0.1:{port}/0", folder, port)
    server.start()
    atexit.register(partial(_remove, server, folder))
    return server


def execute(url: str, statement: str) -> None:
    """One statement by itself in a database of PostgreSQL."""
    with psycopg.connect(_driver_url(url), autocommit=True) as connection:
        connection.execute(statement.encode())


def answers(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(_driver_url(url), autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def rows_on_server(url: str, query: str) -> list[dict[str, Any]]:
    """As whoever looks beside the hub reads them."""
    with psycopg.connect(_driver_url(url), autocommit=True, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


def _owner() -> str | None:
    """Whom PostgreSQL runs as: it refuses to be root."""
    return "postgres" if os.geteuid() == 0 else None


def _folder(name: str, owner: str | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"vibes-{name}-"))
    if owner is not None:
        known = pwd.getpwnam(owner)
        os.chown(folder, known.pw_uid, known.pw_gid)
    return folder


def _initialise(folder: Path, port: int) -> None:
    password = folder / "password"
    password.write_text(_PASSWORD)
    os.chown(password, folder.stat().st_uid, folder.stat().st_gid)
    initdb = str(Path(found("postgres")).with_name("initdb"))
    options = ("-U", "vibes", "-A", "scram-sha-256", f"--pwfile={password}", "--no-sync", "-E", "UTF8")
    # as in a dictionary: nothing of the hub may depend on how a database was made to sort
    sorting = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
    subprocess.run(  # noqa: S603 - a program that was found
        [initdb, "-D", str(folder / "data"), *options, *sorting],
        user=_owner(),
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(
            f"\nport = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{folder}'\n"
            "fsync = off\nfull_page_writes = off\nshared_buffers = 32MB\n"
            "max_connections = 60\n"
        )


def _start(command: Sequence[str], log: Path, *, user: str | None = None) -> "subprocess.Popen[bytes]":
    """A child that the kernel ends with this process, however that ends.

    That order also fires when the thread ends that began the child, so one begins them all.
    """
    return _BEGINNER.submit(_begin, command, log, user).result()


def _begin(command: Sequence[str], log: Path, user: str | None) -> "subprocess.Popen[bytes]":
    library = ctypes.CDLL(None)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - a program that was found
            command,
            user=user,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the tests
            preexec_fn=partial(library.prctl, _PR_SET_PDEATHSIG, signal.SIGINT) if sys.platform == "linux" else None,  # noqa: PLW1509 - nothing but a call to the kernel
        )


def _end(process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> None:
    if process is not None:
        process.send_signal(how)
        process.wait(HANG_SECONDS)


def _remove(server: PostgresqlServer | RedisServer, folder: Path) -> None:
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _driver_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
