"""Everything goes from a file to a server and back, row by row; what is not sure to be the same is not written."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.backing import answers, execute, postgresql
from tests.factories import (
    NOON,
    begin_attempt,
    make_batch_of,
    make_image,
    make_lora,
    make_session,
    make_spec,
    mark_discarded,
    store_batch,
)
from vibes.commands.db.copying import run_copy
from vibes.domain.batch import IdempotencyRecord
from vibes.domain.errors import Conflict, HubError, NotFound, StorageUnavailable
from vibes.domain.pictures.spec import MAX_SEED
from vibes.ports.criteria import GenerationFilter
from vibes.ports.storage import Storage
from vibes.storage.copying import database_copy
from vibes.storage.copying.database_copy import Copied, copy_database, digests
from vibes.storage.copying.sides import tables
from vibes.storage.open import open_storage


def unheard(_name: str, _done: int, _total: int) -> None:
    pass


def copied(source: str, target: str) -> Copied:
    return copy_database(source, target, unheard)


async def fill(storage: Storage) -> None:
    """Rows of most tables, with what is hard to take along."""
    session = make_session(config={"prompt": "naïve 日本 🦊", "deep": [1, 2.5, 1e300, True, None, {"b": 1, "a": []}]})
    await storage.sessions.add(session)
    batch, generations = make_batch_of(
        1200, session_id=session.id, spec=make_spec(seed=MAX_SEED, loras=(make_lora(),), cfg_scale=0.1)
    )
    await storage.generations.add_batch(
        batch, generations, IdempotencyRecord(key="k", body_sha256="00" * 32, batch_id=batch.id)
    )
    attempt = await begin_attempt(storage, generations[0])
    await storage.attempts.win(attempt.id, [make_image()], generation_time_ms=1, at=NOON + timedelta(microseconds=1))
    # a picture may be older than that it was made from, as after the clock was set back
    await store_batch(
        storage, 3, session_id=session.id, parent_id=generations[-1].id, created_at=NOON - timedelta(days=1)
    )
    await storage.generations.cancel(generations[1].id, at=NOON)
    await mark_discarded(storage, [generations[1]], NOON)
    assert await storage.generations.delete_discarded(NOON) == 1
    await storage.queue.pause(NOON)


async def test_everything_goes_from_a_file_to_a_server_and_back(tmp_path: Path) -> None:
    first, last = f"sqlite:///{tmp_path}/first.db", f"sqlite:///{tmp_path}/last.db"
    async with open_storage(first) as storage:
        await fill(storage)

    with postgresql().database(migrated=False) as url:
        went = copied(first, url)
        back = copied(url, last)
        async with open_storage(url) as there, open_storage(last) as here:
            for criteria in (GenerationFilter(limit=2000), GenerationFilter(text="LIGHTHOUSE", limit=2000)):
                found = await there.generations.search(criteria)
                assert len(found) == 1202
                assert found == await here.generations.search(criteria)
            assert await there.queue.paused_since() == NOON

    assert went == back
    assert (went.rows["generations"], went.rows["attempts"], went.mended) == (1202, 1, 0)
    assert set(went.rows) == {each.name for each in tables()}
    assert digests(first, unheard) == digests(last, unheard)


async def test_a_servers_counters_go_on_behind_what_was_copied(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path}/source.db"
    async with open_storage(source):
        pass
    with closing(sqlite3.connect(tmp_path / "source.db")) as file, file:
        file.executemany("INSERT INTO doomed_files (id, path) VALUES (?, ?)", [(1, "a"), (41, "b")])

    with postgresql().database(migrated=False) as url:
        copied(source, url)
        execute(url, "INSERT INTO doomed_files (path) VALUES ('c')")
        assert answers(url, "SELECT id FROM doomed_files ORDER BY id") == [(1,), (41,), (42,)]


async def test_what_only_a_file_keeps_is_mended_and_told(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path}/source.db"
    session = make_session()
    async with open_storage(source) as storage:
        await storage.sessions.add(session)
        await storage.sessions.add(make_session())
    odd = json.dumps({"prompt": "a\0b", "half": ["\ud800"], "none": float("nan")})
    with closing(sqlite3.connect(tmp_path / "source.db")) as file, file:
        file.execute("UPDATE sessions SET config = ? WHERE id = ?", (odd, session.id))

    with postgresql().database(migrated=False) as url:
        assert copied(source, url).mended == 1
        async with open_storage(url) as storage:
            found = await storage.sessions.get(session.id)
    assert found is not None
    assert found.config == {"prompt": "a\ufffdb", "half": ["\ufffd"], "none": None}


async def test_a_row_that_comes_out_otherwise_leaves_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"sqlite:///{tmp_path}/source.db"
    async with open_storage(source) as storage:
        await fill(storage)
    counting = database_copy.digest_of

    def after_a_loss(table, connection, progress=None):  # type: ignore[no-untyped-def]  # as the one that it replaces
        if table.name == "generations":
            connection.execute(delete(table).where(table.c.batch_index == 7))
        return counting(table, connection, progress)

    monkeypatch.setattr(database_copy, "digest_of", after_a_loss)
    with postgresql().database(migrated=False) as url:
        with pytest.raises(StorageUnavailable, match=r"generations came out otherwise .* nothing was written"):
            copied(source, url)
        assert answers(url, "SELECT count(*) FROM sessions") == [(0,)]


async def refusal_of(source: str, target: str) -> HubError:
    with pytest.raises(HubError) as refusal:
        copied(source, target)
    return refusal.value


async def test_neither_side_may_be_in_use_full_or_of_another_release(tmp_path: Path, postgresql_url: str) -> None:
    source = f"sqlite:///{tmp_path}/source.db"
    async with open_storage(source) as storage:
        await fill(storage)
        assert (await refusal_of(source, postgresql_url)).code == "database_in_use"
    assert isinstance(await refusal_of(f"sqlite:///{tmp_path}/nowhere.db", postgresql_url), NotFound)

    copied(source, postgresql_url)
    again = await refusal_of(source, postgresql_url)
    assert (type(again), again.code) == (Conflict, "not_empty")

    execute(postgresql_url, "UPDATE alembic_version SET version_num = '0010'")
    earlier = await refusal_of(postgresql_url, f"sqlite:///{tmp_path}/other.db")
    assert (type(earlier), earlier.code) == (Conflict, "other_schema")
    assert "start this release's hub over it once" in earlier.message


async def test_a_server_on_which_a_hub_leads_is_neither_read_nor_written(tmp_path: Path, postgresql_url: str) -> None:
    lease = "INSERT INTO leases VALUES ('leader', 'me', 1, now() + interval '{}', now(), 'http://attic:8001', '1')"
    execute(postgresql_url, lease.format("1 minute"))
    for source, target in (
        (postgresql_url, f"sqlite:///{tmp_path}/other.db"),
        (f"sqlite:///{tmp_path}/source.db", postgresql_url),
    ):
        async with open_storage(f"sqlite:///{tmp_path}/source.db"):
            pass
        refusal = await refusal_of(source, target)
        assert refusal.code == "database_in_use"
        assert "http://attic:8001" in refusal.message

    execute(postgresql_url, "UPDATE leases SET expires_at = now() - interval '1 second'")
    assert copied(postgresql_url, f"sqlite:///{tmp_path}/other.db").rows["sessions"] == 0


async def test_a_copy_is_for_the_eyes_of_who_made_it(tmp_path: Path) -> None:
    async with open_storage(f"sqlite:///{tmp_path}/first.db"):
        pass
    before = os.umask(0o022)
    try:
        run_copy(str(tmp_path / "first.db"), str(tmp_path / "copy.db"))
    finally:
        os.umask(before)
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


async def test_two_databases_are_compared_table_by_table(tmp_path: Path, postgresql_url: str) -> None:
    source = f"sqlite:///{tmp_path}/source.db"
    async with open_storage(source) as storage:
        await fill(storage)
    copied(source, postgresql_url)
    execute(postgresql_url, "UPDATE generations SET prompt = prompt || '.' WHERE batch_index = 5")

    here, there = digests(source, unheard), digests(postgresql_url, unheard)

    assert {name for name in here if here[name] != there[name]} == {"generations"}
    assert here["generations"].rows == there["generations"].rows
