"""The lease in a real PostgreSQL: one holder at a time, by the database's clock, and a fence around what it writes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import text

from tests.backing import postgresql
from tests.factories import make_session
from tests.hub import settings_for
from tests.waiting import eventually
from vibes.domain.errors import LeadershipLost
from vibes.domain.replicas.replica import Lease, Replica, ReplicaId
from vibes.replicas import process
from vibes.replicas.process import running_replica
from vibes.services.runtime.clock import since_boot
from vibes.storage.open import open_storage
from vibes.storage.repositories.leases import SqlLeases, fence, no_writes

ANNA, BEN = (Replica(id=ReplicaId(name), address=f"http://{name}", version="1") for name in ("anna", "ben"))


@pytest.fixture
def url() -> Iterator[str]:
    with postgresql().database() as made:
        yield made


@asynccontextmanager
async def leases(url: str) -> AsyncIterator[SqlLeases]:
    opened = SqlLeases(url)
    try:
        yield opened
    finally:
        await opened.close()


def run_out(opened: SqlLeases) -> None:
    with opened._engine.begin() as connection:
        connection.execute(text("UPDATE leases SET expires_at = clock_timestamp() - interval '1 second'"))


def waiting(opened: SqlLeases) -> int:
    """How many wait for a lock."""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with opened._engine.connect() as looking:
        return int(looking.execute(text(waits)).scalar_one())


async def holder(opened: SqlLeases, me: Replica, *, seek: bool = True) -> tuple[str, int] | None:
    lease = await opened.look(me, 15.0, seek=seek)
    return None if lease is None else (lease.holder, lease.epoch)


async def test_one_leads_until_its_lease_has_run_out_and_each_change_begins_an_epoch(url: str) -> None:
    async with leases(url) as opened:
        assert await holder(opened, BEN, seek=False) is None
        assert await holder(opened, ANNA) == ("anna", 1)
        assert await holder(opened, BEN) == ("anna", 1)
        run_out(opened)
        assert await holder(opened, BEN, seek=False) == ("anna", 1), "who does not seek takes nothing"
        assert await holder(opened, ANNA) == ("anna", 1), "who was merely late goes on"
        run_out(opened)
        assert await holder(opened, BEN) == ("ben", 2)
        assert await holder(opened, ANNA) == ("ben", 2)


async def test_a_renewal_counts_from_now_by_the_databases_clock_and_keeps_since_when(url: str) -> None:
    async with leases(url) as opened:
        first = await opened.look(ANNA, 5.0, seek=True)
        again = await opened.look(ANNA, 60.0, seek=True)
        assert isinstance(first, Lease)
        assert isinstance(again, Lease)
        assert 4 < first.seconds_left <= 5
        assert 55 < again.seconds_left <= 60
        assert again.since == first.since


async def test_what_is_given_back_is_anothers_at_once(url: str) -> None:
    async with leases(url) as opened:
        await holder(opened, ANNA)
        await opened.resign(BEN.id)
        assert await holder(opened, BEN) == ("anna", 1), "nobody gives back what is not theirs"
        await opened.leave(ANNA.id)
        assert await holder(opened, BEN, seek=False) is None
        assert await holder(opened, BEN) == ("ben", 2)
        assert [each.replica.id for each in await opened.replicas()] == ["ben"]


async def test_who_is_about_to_end_is_none_of_those_that_may_lead_next(url: str) -> None:
    async with leases(url) as opened:
        await holder(opened, ANNA)
        await holder(opened, BEN)
        await opened.look(ANNA, 15.0, seek=True, ending=True)
        assert [each.replica.id for each in await opened.replicas()] == ["ben"]
        assert await holder(opened, BEN) == ("anna", 1), "it has the lease until it gives it back"


async def test_all_learn_one_secret(url: str) -> None:
    async with leases(url) as first, leases(url) as second:
        secrets = await asyncio.gather(*(each.secret() for each in (first, second, first, second)))
    assert len({*secrets}) == 1
    assert len(secrets[0]) == 32


async def test_who_was_killed_long_ago_is_forgotten_when_another_one_begins(url: str) -> None:
    async with leases(url) as opened:
        await holder(opened, ANNA)
        await holder(opened, BEN)
        with opened._engine.begin() as connection:
            connection.execute(
                text("UPDATE replicas SET seen_at = seen_at - interval '2 days' WHERE id = :id"), {"id": ANNA.id}
            )
        await opened.secret()
        with opened._engine.connect() as connection:
            assert connection.execute(text("SELECT id FROM replicas")).scalars().all() == [BEN.id]


async def test_of_forty_that_seek_at_once_one_leads(url: str) -> None:
    crowd = [Replica(id=ReplicaId(str(number)), address="http://x", version="1") for number in range(40)]
    async with leases(url) as first, leases(url) as second:
        found = await asyncio.gather(*(holder((first, second)[n % 2], each) for n, each in enumerate(crowd)))
    assert len({*found}) == 1


async def test_two_leaders_at_once_and_only_the_later_one_writes(url: str) -> None:
    told: list[int] = []
    async with leases(url) as opened:
        await holder(opened, ANNA)
        async with open_storage(url, guard=fence(ANNA.id, 1, lambda: told.append(1))) as annas:
            await annas.sessions.add(before := make_session())
            run_out(opened)
            await annas.sessions.add(late := make_session())
            assert await holder(opened, BEN) == ("ben", 2)
            async with open_storage(url, guard=fence(BEN.id, 2, lambda: told.append(2))) as bens:
                with pytest.raises(LeadershipLost):
                    await annas.sessions.add(refused := make_session())
                await bens.sessions.add(after := make_session())
                kept = [await bens.sessions.get(each.id) for each in (before, late, refused, after)]
    assert [each is not None for each in kept] == [True, True, False, True]
    assert told == [1]


async def test_nobody_takes_over_in_the_middle_of_a_write(url: str) -> None:
    async with leases(url) as opened, leases(url) as others:
        await holder(opened, ANNA)
        run_out(opened)
        with opened._engine.begin() as connection:
            fence(ANNA.id, 1, lambda: None)(connection)
            taking = asyncio.ensure_future(holder(others, BEN))
            await eventually(lambda: waiting(opened) == 1, within=3, what="it waits for the row, which is held")
            assert not taking.done()
        assert await taking == ("ben", 2)


async def test_who_follows_reads_and_writes_nothing(url: str) -> None:
    async with open_storage(url, guard=no_writes) as storage:
        assert await storage.sessions.get(make_session().id) is None
        with pytest.raises(LeadershipLost):
            await storage.sessions.add(make_session())


async def test_the_lease_of_a_replica_runs_out_while_its_machine_is_suspended(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    class Built(Exception):
        pass

    def leadership(_leases: object, _me: object, _times: object, now: object) -> NoReturn:
        given.append(now)
        raise Built

    monkeypatch.setattr(process, "Leadership", leadership)
    settings = settings_for(tmp_path, database_url=url)
    with pytest.raises(Built):
        async with running_replica(settings, address="http://127.0.0.1:1", trust=lambda _: None):
            pass
    assert given == [since_boot]
