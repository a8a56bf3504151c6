"""The servers that tests run on: each test finds its own, empty."""

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.backing import postgresql, redis_server
from tests.server_programs import NotInstalled, install_missing


def test_a_redis_is_empty_for_each_test_and_asks_for_its_password(redis_url: str) -> None:
    server = redis_server()
    assert "@127.0.0.1:" in redis_url or server.folder is None
    with server.client() as client:
        client.set("left", "behind")
    server.flush()
    with server.client() as client:
        assert client.get("left") is None


def test_a_database_belongs_to_one_test_alone() -> None:
    with postgresql().database() as one, postgresql().database() as other:
        assert one != other
        engine = create_engine(one)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO queue_pauses VALUES (now())"))
        engine.dispose()
        engine = create_engine(other)
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM queue_pauses")).scalar() == 0
        engine.dispose()


@pytest.mark.parametrize("in_ci", [True, False], ids=["in CI", "elsewhere"])
def test_a_server_that_is_not_installed_is_said_and_not_overlooked(
    in_ci: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_POSTGRESQL_BIN", str(tmp_path))
    monkeypatch.setenv("TEST_REDIS_BIN", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CI", "true" if in_ci else "")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)  # who may not install anything
    said = pytest.fail.Exception if in_ci else pytest.skip.Exception
    for start in (postgresql.__wrapped__, redis_server.__wrapped__):
        with pytest.raises(said, match="is not installed"):
            start()
    with pytest.raises(NotInstalled, match="apt-get install postgresql redis-server"):
        install_missing()
