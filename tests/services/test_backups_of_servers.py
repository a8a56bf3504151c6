"""Backups of a hub on PostgreSQL, by the server's own programs: found or missing, older releases, halves of dumps."""

import shutil
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import make_url

from tests.backing import answers, execute, postgresql
from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.test_backups import backup, draw, pictures, vibes
from vibes.commands.backup import programs, servers
from vibes.commands.backup.contents import Backups
from vibes.commands.backup.programs import program_for, run_program
from vibes.domain.errors import StorageUnavailable
from vibes.storage.sql.postgresql.engine import postgresql_engine
from vibes.storage.upgrading.postgresql import migrate_server
from vibes.storage.upgrading.schema import MIGRATIONS


async def test_a_hub_on_postgresql_is_backed_up_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, folder = postgresql(), tmp_path / "backups"
    with server.database() as first, server.database(migrated=False) as second:
        settings = settings_for(tmp_path, database_url=first)
        monkeypatch.setenv("VIBES_DATABASE_URL", first)
        async with open_hub(settings, FakeFleet()) as hub:
            drawn = await draw(hub, 2)
            assert "2 pictures" in await backup(settings, folder)
            contents = await pictures(hub, settings, drawn)
        assert (await vibes("backup", "verify", folder))[0] == 0
        (tmp_path / "new").mkdir()
        there = settings_for(tmp_path / "new", database_url=second)
        given = ("--data", there.data, "--config", there.config)
        status, told = await vibes("restore", folder, *given)
        assert (status, "tables already" in told) == (1, True), told
        monkeypatch.setenv("VIBES_DATABASE_URL", second)
        async with open_hub(there, FakeFleet()):
            status, told = await vibes("restore", folder, *given, "--force")
            assert (status, "Stop all hubs" in told) == (1, True), told
        status, told = await vibes("restore", folder, *given, "--force")
        assert (status, "the earlier database is" in told) == (0, True), told
        assert [path.stat().st_size > 0 for path in there.data.glob("before-restore-*.dump")] == [True]
        async with open_hub(there, FakeFleet()) as hub:
            assert await pictures(hub, there, drawn) == contents


async def test_without_pg_dump_the_pictures_are_kept_and_the_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql().database() as url:
        settings, folder = settings_for(tmp_path, database_url=url), tmp_path / "backups"
        monkeypatch.setenv("VIBES_DATABASE_URL", url)
        monkeypatch.setenv("PATH", "")
        monkeypatch.setattr("vibes.commands.backup.programs._DEBIAN", tmp_path)
        async with open_hub(settings, FakeFleet()) as hub:
            await draw(hub, 2)
            status, told = await vibes("backup", folder, "--data", settings.data, "--config", settings.config)
    assert (status, "pg_dump is not installed" in told) == (1, True), told
    assert Backups(folder).find(None).about().images == 2


def program(folder: Path, name: str, version: int) -> None:
    """One that tells its version, and does nothing else."""
    path = folder / str(version) / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}.1 (Debian {version}.1-1)'\n")
    path.chmod(0o755)


def test_the_program_of_the_servers_own_version_is_taken_or_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older one refuses to dump a newer server, and what a newer one writes an older server may not know."""
    monkeypatch.setattr(programs, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "9" / "bin") + ":/usr/bin:/bin")
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / "9" / "bin" / name))
    for version in (9, 14, 15, 17):
        program(tmp_path, "pg_dump", version)
    (tmp_path / "16" / "bin").mkdir(parents=True)
    (tmp_path / "16" / "bin" / "pg_dump").write_text("no program")
    assert Path(programs.program_for("pg_dump", 15)).parts[-3] == "15"
    assert Path(programs.program_for("pg_dump", 16)).parts[-3] == "17"
    with pytest.raises(programs.NoProgram, match=r"that of PostgreSQL 17, and the server is 18\..*client-18"):
        programs.program_for("pg_dump", 18)


async def test_a_pg_dump_older_than_the_server_keeps_the_pictures_and_says_which_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "old", "pg_dump", 9)
    monkeypatch.setattr(programs, "_DEBIAN", tmp_path / "old")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with postgresql().database() as url:
        settings, folder = settings_for(tmp_path, database_url=url), tmp_path / "backups"
        monkeypatch.setenv("VIBES_DATABASE_URL", url)
        async with open_hub(settings, FakeFleet()) as hub:
            await draw(hub)
            status, told = await vibes("backup", folder, "--data", settings.data, "--config", settings.config)
    assert (status, "pg_dump here is that of PostgreSQL 9, and the server is" in told) == (1, True), told
    assert Backups(folder).find(None).about().images == 1


def older_release(folder: Path) -> Path:
    """Its migrations: those before workers and leases, whose tables this release has beside it."""
    migrations = shutil.copytree(MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (migrations / "versions").glob("00*.py"):
        if path.name > "0023":
            path.unlink()
    return migrations


def ended_halfway(source: IO[bytes], sink: IO[bytes]) -> None:
    """As when this process is killed: the one that writes has heard the first statements, and then the end."""
    script = source.read()
    sink.write(script[: script.index(b"COPY ")])
    raise KeyboardInterrupt


def test_a_dump_of_an_older_release_replaces_all_of_a_newer_one_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, dump = postgresql(), tmp_path / "older.dump"
    with server.database(migrated=False) as old, server.database(migrated=False) as new:
        for url, migrations in ((old, older_release(tmp_path)), (new, MIGRATIONS)):
            engine = postgresql_engine(make_url(url), connections=1)
            migrate_server(engine, migrations=migrations)
            engine.dispose()
        execute(old, "ALTER TABLE batches RENAME TO batches_of_then")
        execute(new, "CREATE VIEW of_somebody AS SELECT count(*) AS orders FROM worker_orders")
        run_program([program_for("pg_dump", 0), "--format=custom", f"--file={dump}"], make_url(old))
        whole = dump.read_bytes()
        dump.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(StorageUnavailable, match="pg_restore failed"):
            servers.restore_server(make_url(new), dump, tmp_path / "aside", force=True)
        assert answers(new, "SELECT orders FROM of_somebody") == [(0,)], "nothing has changed"
        dump.write_bytes(whole)
        with monkeypatch.context() as patched:
            patched.setattr(shutil, "copyfileobj", ended_halfway)
            with pytest.raises(KeyboardInterrupt):
                servers.restore_server(make_url(new), dump, tmp_path / "aside", force=True)
        assert answers(new, "SELECT orders FROM of_somebody") == [(0,)], "nothing has changed"
        aside = servers.restore_server(make_url(new), dump, tmp_path / "aside", force=True)
        assert aside is not None
        assert aside.stat().st_size > 1000
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        assert answers(new, tables) == answers(old, tables), "none of a later release is left"
        execute(new, "ALTER TABLE batches_of_then RENAME TO batches")
        engine = postgresql_engine(make_url(new), connections=1)
        migrate_server(engine)
        engine.dispose()
        assert ("worker_orders",) in answers(new, tables)
