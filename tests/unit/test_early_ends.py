"""A hub that ends within seconds again and again says why each time, and what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from vibes.cli import app
from vibes.commands.common.console import Failed
from vibes.commands.hub import early_ends
from vibes.commands.hub.early_ends import KILLED, sentence, told_of_early_ends
from vibes.environment.starts import Start


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Of a hub that ran before."""
    (tmp_path / "hub-id").write_text("x")
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return re.sub(r"\s+", " ", capsys.readouterr().err)


def lives(data: Path, end: Exception | None = None) -> None:
    with told_of_early_ends(data):
        if end is not None:
            raise end


def lives_for_long(data: Path, end: Exception) -> None:
    with told_of_early_ends(data):
        while [*data.glob("starts.*")]:
            os.sched_yield()
        raise end


def test_from_the_third_time_on_the_reasons_are_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for reason in ("port 8001 is taken", "the disk is full"):
        with pytest.raises(Failed):
            lives(data, Failed(reason, 1))
    assert told(capsys) == ""
    with pytest.raises(ValueError, match="odd"):
        lives(data, ValueError("odd"))
    said = told(capsys)
    assert "3 times within 1 min" in said
    positions = [said.index(reason) for reason in ("port 8001 is taken", "the disk is full", "ValueError: odd")]
    assert positions == sorted(positions)
    assert "vibes doctor" in said
    assert (data / next(path.name for path in data.glob("starts.*"))).stat().st_mode & 0o077 == 0


def test_one_reason_is_told_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(4):
        with pytest.raises(typer.Exit):
            lives(data, Failed("the port is taken", 2))
    assert told(capsys).count("each time for the same reason: the port is taken") == 2, "the third and the fourth time"


def test_who_is_ended_by_a_person_begins_anew(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with pytest.raises(Failed):
            lives(data, Failed("no", 1))
    lives(data)
    with pytest.raises(Failed):
        lives(data, Failed("no", 1))
    assert told(capsys) == ""


def test_who_lived_for_long_did_not_end_at_its_start(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_ends, "LASTING_SECONDS", 0.0)
    for _ in range(3):
        with pytest.raises(Failed):
            lives_for_long(data, Failed("in the middle of its work", 1))
    assert told(capsys) == ""


def test_what_was_killed_is_told_at_the_next_start(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        "import os, sys; from pathlib import Path; from vibes.commands.hub.early_ends import told_of_early_ends\n"
        "with told_of_early_ends(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    for _ in range(3):
        killed = subprocess.run([sys.executable, "-c", code, str(data)], check=False, capture_output=True)  # noqa: S603 - our own
        assert killed.returncode == -9
    lives(data)
    said = told(capsys)
    assert (KILLED in said, "memory" in said) == (True, True), said


def test_ends_that_are_far_apart_or_few_are_no_loop() -> None:
    assert sentence([Start(float(at), 1, "no") for at in (0, 5000, 10_000)]) is None
    assert sentence([Start(0.0, 1, "no"), Start(1.0, 1, "no")]) is None
    assert sentence([Start(float(at), 1, "no") for at in (0, 9000, 9010, 9020)]) is not None


def test_nothing_is_written_into_a_folder_that_is_not_the_hubs_yet(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(Failed):
            lives(folder, Failed("no", 1))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "hub-id").write_text("x")
    (tmp_path / "starts.x").write_text("no JSON")
    lives(tmp_path)


def test_serve_tells_its_loop(data: Path) -> None:
    arguments = ["serve", "--data", str(data), "--config", str(data / "none.yaml")]
    results = [CliRunner().invoke(app, arguments) for _ in range(3)]
    assert [result.exit_code for result in results] == [2, 2, 2]
    assert ["there is no fleet file" in result.output for result in results] == [True] * 3
    assert ["right after its start 3 times" in re.sub(r"\s+", " ", result.output) for result in results] == [
        False,
        False,
        True,
    ]
