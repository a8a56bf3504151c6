"""Who of several hubs leads, in a PostgreSQL database, and the fence around what only the leader may write."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from functools import partial
from secrets import token_hex
from typing import TypeVar

from sqlalchemy import Connection, Engine, Row, select, text

from vibes.domain.errors import LeadershipLost, StorageUnavailable
from vibes.domain.replicas.replica import Lease, Replica, ReplicaId, SeenReplica
from vibes.storage.sql.failures import driver_errors
from vibes.storage.sql.lease_tables import LEASES
from vibes.storage.sql.postgresql.engine import postgresql_engine
from vibes.storage.sql.urls import database_url

T = TypeVar("T")

LEADER = "leader"
ANSWER_SECONDS = 5.0
"""A lease is renewed every few seconds: an answer that takes longer than this is none."""
SHOWN_SECONDS = 60
"""A replica that has said nothing for so long is not there any more."""
KEPT_SECONDS = 86_400
"""After which its row goes: one that was killed leaves it."""
_THREADS = 2
_LINE = {
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "5000",
    "options": "-c statement_timeout=4000",
}
"""libpq's: a line that is cut, or a lock that a stopped process holds, must not keep this one for minutes."""

_ALIVE = text("""
INSERT INTO replicas (id, address, version, started_at, seen_at)
VALUES (:id, :address, :version, clock_timestamp(), clock_timestamp())
ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, address = excluded.address""")

_SEEK = text("""
INSERT INTO leases AS l (name, holder, epoch, expires_at, since, address, version)
VALUES (:name, :id, 1, clock_timestamp() + make_interval(secs => :seconds), clock_timestamp(), :address, :version)
ON CONFLICT (name) DO UPDATE SET
  holder = excluded.holder, address = excluded.address, version = excluded.version, expires_at = excluded.expires_at,
  epoch = l.epoch + (l.holder <> excluded.holder)::int,
  since = CASE WHEN l.holder = excluded.holder THEN l.since ELSE excluded.since END
WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp()""")

_LEADS = text("""
SELECT holder, epoch, address, version, since,
  extract(epoch FROM expires_at - clock_timestamp())::float8 AS seconds_left
FROM leases WHERE name = :name AND holder <> ''""")

_RESIGN = text("UPDATE leases SET holder = '', expires_at = clock_timestamp() WHERE name = :name AND holder = :id")
_LEAVE = text("DELETE FROM replicas WHERE id = :id")
_SEEN = text("""
SELECT id, address, version, started_at, extract(epoch FROM clock_timestamp() - seen_at)::float8 AS seconds_silent
FROM replicas WHERE seen_at > clock_timestamp() - make_interval(secs => :seconds) ORDER BY started_at, id""")
_FORGET = text("DELETE FROM replicas WHERE seen_at < clock_timestamp() - make_interval(secs => :seconds)")
_OFFER_SECRET = text("INSERT INTO replica_secrets (name, secret) VALUES (:name, :secret) ON CONFLICT DO NOTHING")
_SECRET = text("SELECT secret FROM replica_secrets WHERE name = :name")


def fence(me: ReplicaId, epoch: int, lost: Callable[[], None]) -> Callable[[Connection], None]:
    """What each transaction of a leader begins with. Raises LeadershipLost, after it has told ``lost``, when another
    leads; else nobody else can until the transaction ends, since the row is held."""
    mine = (LEASES.c.name == LEADER) & (LEASES.c.holder == me) & (LEASES.c.epoch == epoch)
    held = select(LEASES.c.epoch).where(mine).with_for_update(read=True)

    def guard(connection: Connection) -> None:
        if connection.execute(held).first() is None:
            lost()
            raise LeadershipLost("Another hub leads now: this one does not write any more.")

    return guard


def no_writes(_: Connection) -> None:
    """The guard of a database that is only read."""
    raise LeadershipLost("This hub follows another one, which alone writes.")


class SqlLeases:
    """Implements ``Leases`` over connections of its own, so that no other work delays a renewal."""

    def __init__(self, url: str) -> None:
        """Raises InvalidRequest for a database that is no server."""
        parsed = database_url(url)
        given = {name: value for name, value in _LINE.items() if name not in parsed.query}
        self._engine: Engine = postgresql_engine(parsed.update_query_dict(given), connections=_THREADS)
        self._threads = ThreadPoolExecutor(_THREADS, "leases")

    async def look(self, me: Replica, seconds: float, *, seek: bool, ending: bool = False) -> Lease | None:
        return await self._run(partial(_look, me, seconds, seek, ending))

    async def resign(self, me: ReplicaId) -> None:
        await self._run(lambda connection: connection.execute(_RESIGN, {"name": LEADER, "id": me}))

    async def leave(self, me: ReplicaId) -> None:
        await self.resign(me)
        await self._run(lambda connection: connection.execute(_LEAVE, {"id": me}))

    async def replicas(self) -> Sequence[SeenReplica]:
        return await self._run(
            lambda connection: [_seen(row) for row in connection.execute(_SEEN, {"seconds": SHOWN_SECONDS})]
        )

    async def secret(self) -> bytes:
        return await self._run(_secret)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._engine.dispose)

    async def _run(self, work: Callable[[Connection], T]) -> T:
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._transaction, work)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await running
        except TimeoutError:
            raise StorageUnavailable(f"The database has not answered within {ANSWER_SECONDS:g} s.") from None

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        with driver_errors(), self._engine.begin() as connection:
            return work(connection)


def _look(me: Replica, seconds: float, seek: bool, ending: bool, connection: Connection) -> Lease | None:
    said = {"id": me.id, "address": me.address, "version": me.version}
    connection.execute(*((_LEAVE, {"id": me.id}) if ending else (_ALIVE, said)))
    lease = _leader(connection)
    # only where it may succeed: even in vain it would wait for the row that a leader holds while it writes
    if seek and (lease is None or lease.holder == me.id or lease.seconds_left < 0):
        connection.execute(_SEEK, {**said, "name": LEADER, "seconds": seconds})
        return _leader(connection)
    return lease


def _leader(connection: Connection) -> Lease | None:
    row = connection.execute(_LEADS, {"name": LEADER}).first()
    return None if row is None else _lease(row)


def _lease(row: Row[tuple[object, ...]]) -> Lease:
    return Lease(
        holder=ReplicaId(row.holder),
        epoch=row.epoch,
        address=row.address,
        version=row.version,
        since=row.since.astimezone(UTC),
        seconds_left=row.seconds_left,
    )


def _seen(row: Row[tuple[object, ...]]) -> SeenReplica:
    return SeenReplica(
        replica=Replica(id=ReplicaId(row.id), address=row.address, version=row.version),
        started_at=row.started_at.astimezone(UTC),
        seconds_silent=row.seconds_silent,
    )


def _secret(connection: Connection) -> bytes:
    """Each replica asks once, when it begins."""
    connection.execute(_FORGET, {"seconds": KEPT_SECONDS})
    connection.execute(_OFFER_SECRET, {"name": "replicas", "secret": token_hex(32)})
    kept: str = connection.execute(_SECRET, {"name": "replicas"}).scalar_one()
    return bytes.fromhex(kept)
