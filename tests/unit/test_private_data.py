"""The hub's data is its user's alone, and its key stands in no process list."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.processes import run_vibes
from vibes.commands.common.given_settings import load_settings
from vibes.commands.common.options import hub_at
from vibes.environment.key_file import read_key
from vibes.environment.private_folder import keep_private, make_private, unusable

KEY = "a-long-enough-secret-key"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")


@pytest.fixture(autouse=True)
def usual_rights() -> Iterator[None]:
    """As most shells have it: everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_nobody_else_can_read_anything_of_the_data_folder(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    keep_private()
    async with open_hub(settings, FakeFleet()):
        paths = [settings.data, *settings.data.rglob("*")]
        assert {path.name for path in paths} >= {"data", "vibes.db", "vibes.db.lock"}
        assert {path: rights(path) for path in paths if rights(path) & 0o077} == {}


def test_an_empty_folder_becomes_private_and_a_persons_own_keeps_its_rights(tmp_path: Path) -> None:
    empty, own = tmp_path / "empty", tmp_path / "own"
    for folder in (empty, own):
        folder.mkdir()
    (own / "notes.txt").write_text("mine")
    (own / "images").mkdir()
    (own / "vibes.db").write_text("")
    (own / "vibes.db").chmod(0o664)
    make_private(empty)
    make_private(own)
    assert rights(empty) == 0o700
    assert rights(own) == 0o755, "it may be shared on purpose"
    assert rights(own / "notes.txt") == 0o644
    assert rights(own / "images") == 0o750
    assert rights(own / "vibes.db") == 0o660, "what was given to a group stays"


def test_the_key_comes_out_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    monkeypatch.setenv("VIBES_API_KEY_FILE", str(file))
    given = load_settings(api_key="another-key-0123456")
    assert given.api_key is not None
    assert given.api_key.get_secret_value() == KEY
    assert hub_at("http://localhost", None, file).api_key == KEY
    assert hub_at("http://localhost", KEY, None).api_key == KEY


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "\x1b[31m", "schlüssel", "x" * 5000])
def test_a_file_that_holds_no_key_is_told_without_what_it_holds(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "key"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="must hold the key alone"):
        read_key(file)
    with pytest.raises(typer.Exit):
        hub_at("http://localhost", None, file)
    assert "must hold the key alone" in capsys.readouterr().err
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        read_key(tmp_path / "nothing")


@pytest.mark.parametrize(
    "key", ["schlüssel-schlüssel", "a-long-enough-secret-key ", "a-long-enough\x07secret-key", "😀" * 20]
)
def test_a_key_that_no_header_can_carry_is_told_at_the_start_without_it(
    key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIBES_API_KEY", key)
    with pytest.raises(typer.Exit):
        load_settings()
    told = capsys.readouterr().err
    assert "VIBES_API_KEY must be plain ASCII without a blank at either end" in " ".join(told.split())
    assert key.strip() not in told


@pytest.mark.processes
async def test_every_command_that_asks_a_hub_takes_the_file(tmp_path: Path) -> None:
    for command in (["nodes"], ["queue"], ["queue", "pause"], ["run", "--follow", "x"], ["generate", "x"], ["serve"]):
        ended = await run_vibes(*command, "--api-key-file", tmp_path / "missing", cwd=tmp_path)
        assert ended.status == 2, command
        assert "cannot be read" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_folder_of_somebody_else_is_told_with_its_owner_and_who_would_write_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = PermissionError(13, "Permission denied")
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: 10001)
    told = unusable(tmp_path / "data", refused)
    whose = f"This runs as uid 10001, and {tmp_path} belongs to uid {owner}: chown -R 10001 {tmp_path}"
    assert told == f"cannot use the data folder {tmp_path / 'data'}: Permission denied. {whose}"
    monkeypatch.setattr(os, "getuid", lambda: owner)
    assert "belongs" not in unusable(tmp_path, refused)
    assert "Read-only file system" in unusable(tmp_path, OSError(30, "Read-only file system"))
