"""What the doctor says of the database, and that a look at one leaves no trace."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.backing import postgresql
from tests.doctor.facts import NOW, codes
from tests.loopback import free_port
from vibes.domain.doctor.finding import State, worst
from vibes.ports.database_facts import DatabaseFacts
from vibes.services.doctor.database import judge_database
from vibes.services.runtime.clock import SystemClock
from vibes.storage.examining.examine import examine_database
from vibes.storage.open import open_storage

WELL = DatabaseFacts(
    place="/srv/vibes.db",
    dialect="SQLite",
    version="3.50.0",
    size_bytes=10**7,
    schema="0022",
    known_schemas=("0021", "0022"),
    journal_mode="wal",
)


@pytest.mark.parametrize(
    ("given", "code", "state"),
    [
        ({}, "database_well", State.OK),
        ({"exists": False}, "database_new", State.OK),
        ({"schema": "0021"}, "database_older", State.OK),
        ({"schema": "0099"}, "database_newer", State.WRONG),
        ({"foreign": True}, "database_foreign", State.WRONG),
        ({"damage": ("row 3 missing from index",)}, "database_damaged", State.WRONG),
        ({"problem": "file is not a database"}, "database_unreadable", State.WRONG),
        ({"journal_mode": "delete"}, "database_journal", State.WARN),
        ({"log_bytes": 10**9}, "database_log", State.WARN),
        ({"size_bytes": 50 * 10**9}, "database_large", State.WARN),
        ({"held_by": 99}, "database_in_use", State.WARN),
        ({"now": NOW, "asked_at": NOW - timedelta(minutes=1)}, "database_clock", State.WARN),
    ],
)
def test_each_trouble_of_a_database_has_its_code(given: dict[str, object], code: str, state: State) -> None:
    found = list(judge_database(replace(WELL, **given), own_pid=7))  # type: ignore[arg-type]  # one field each
    assert code in codes(found)
    assert worst(each.state for each in found) is state


def test_the_hub_that_looks_is_not_another_one() -> None:
    assert "database_in_use" not in codes(list(judge_database(replace(WELL, held_by=7), own_pid=7)))


async def test_a_database_in_use_is_read_beside_its_hub(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'vibes.db'}"
    async with open_storage(url) as storage:
        await storage.ping()
        facts = await examine_database(url, SystemClock())
        assert facts.schema == facts.known_schemas[-1]
        assert (facts.journal_mode, facts.damage, facts.checked, facts.problem) == ("wal", (), True, "")


async def test_a_look_at_a_closed_database_leaves_no_file_behind(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'vibes.db'}"
    assert not (await examine_database(url, SystemClock())).exists
    assert kept_in(tmp_path) == {}
    async with open_storage(url):
        pass
    before = kept_in(tmp_path)
    facts = await examine_database(url, SystemClock())
    assert (facts.schema, facts.journal_mode, facts.held_by) == (facts.known_schemas[-1], "wal", None)
    assert kept_in(tmp_path) == before


def kept_in(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


async def test_foreign_damaged_and_newer_files_are_told_apart(tmp_path: Path) -> None:
    foreign, text, cut = tmp_path / "foreign.db", tmp_path / "text.db", tmp_path / "cut.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    text.write_text("no database" * 1000, encoding="ascii")
    async with open_storage(f"sqlite:///{cut}"):
        pass
    whole = cut.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) - len(whole) // 2))
    assert (await examine_database(f"sqlite:///{foreign}", SystemClock())).foreign
    assert (await examine_database(f"sqlite:///{text}", SystemClock())).problem
    broken = await examine_database(f"sqlite:///{cut}", SystemClock())
    assert broken.damage or broken.problem


async def test_a_check_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'vibes.db'}"
    async with open_storage(url):
        pass
    with closing(sqlite3.connect(tmp_path / "vibes.db")) as connection:
        connection.execute(
            "CREATE TABLE many AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n "
            "WHERE i < 50000) SELECT i, hex(i) AS text FROM n"
        )
        connection.execute("CREATE INDEX of_many ON many (text)")
        connection.commit()
    facts = await examine_database(url, SystemClock(), check_seconds=0)
    assert not facts.checked
    assert codes(list(judge_database(facts, own_pid=None)))[-1] == "database_well"


async def test_a_server_is_asked_for_schema_size_and_time() -> None:
    with postgresql().database() as url:
        facts = await examine_database(url, SystemClock())
    assert (facts.problem, facts.schema) == ("", facts.known_schemas[-1])
    assert facts.size_bytes > 0
    assert facts.now is not None
    assert facts.asked_at is not None
    assert abs((facts.now - facts.asked_at).total_seconds()) < 60
    assert codes(list(judge_database(facts, own_pid=None)))[-1] == "database_well"


async def test_a_server_that_is_not_there_or_not_ours_is_told_without_its_password() -> None:
    gone = await examine_database(f"postgresql://hub:very-secret@127.0.0.1:{free_port()}/vibes", SystemClock())
    assert gone.problem
    assert "very-secret" not in str(gone)
    with postgresql().database(migrated=False) as url:
        assert not (await examine_database(url, SystemClock())).exists


async def test_a_url_of_no_database_is_told_without_what_may_be_a_password() -> None:
    facts = await examine_database("mysql://hub:very-secret@db/vibes", SystemClock())
    assert facts.problem
    assert "very-secret" not in str(facts)
