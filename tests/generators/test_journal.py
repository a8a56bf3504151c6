"""What was sent to who charges is known after any death, and never taken for more than it is."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vibes.generators import journal as journals
from vibes.generators.errors import MaybePaid, Moderated
from vibes.generators.found import Done, Failed, Unclear, Unknown
from vibes.generators.journal import Entry, Journal, Stage


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "requests")


async def test_a_request_is_known_from_its_intent_to_its_end(journal: Journal) -> None:
    assert await journal.found("a") == Unknown()
    assert await journal.open_entries() == []
    await journal.intend("a", {"app": "fast"})
    assert isinstance(await journal.found("a"), Unclear)
    await journal.accept("a", {"request_id": "7c1f", "status_url": "https://…"})
    again = Journal(journal.folder)
    assert await again.open_entries() == [
        Entry(
            request_id="a",
            stage=Stage.ACCEPTED,
            intent={"app": "fast"},
            receipt={"request_id": "7c1f", "status_url": "https://…"},
        )
    ]
    assert isinstance(await again.found("a"), Unclear)
    await again.done("a", "/pictures/a.png", {"cost_usd": 0.02})
    assert await journal.found("a") == Done("/pictures/a.png", {"cost_usd": 0.02})
    entry = await journal.entry("a")
    assert entry is not None
    assert entry.receipt["request_id"] == "7c1f"
    assert await journal.open_entries() == []


async def test_a_failure_and_what_nobody_can_tell_are_kept_apart(journal: Journal) -> None:
    for name, error in (("a", Moderated("not this")), ("b", MaybePaid("no answer"))):
        await journal.intend(name, {})
        await journal.failed(name, error)
    assert await journal.found("a") == Failed("moderated", "not this")
    assert await journal.found("b") == Unclear("no answer")
    await journal.forget("b")
    await journal.forget("b")
    assert await journal.found("b") == Unknown()


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"stage": "somewhere"}', b'{"stage": "done", "price": 1}', b"\xff"]
)
async def test_an_entry_that_cannot_be_understood_counts_as_sent(journal: Journal, text: bytes) -> None:
    journal.folder.mkdir()
    (journal.folder / "a.json").write_bytes(text)
    assert isinstance(await journal.found("a"), Unclear)
    assert [entry.request_id for entry in await journal.open_entries()] == ["a"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "x" * 500, "con", "ümläut"])
async def test_any_name_of_a_request_is_a_file_of_the_folder(journal: Journal, name: str) -> None:
    await journal.intend(name, {})
    [file] = files(journal.folder)
    assert file.parent == journal.folder
    assert isinstance(await journal.found(name), Unclear)


async def test_the_newest_ends_stay_and_what_is_open_always_does(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "KEPT", 2)
    await journal.intend("open", {})
    for age, name in enumerate(("newest", "newer", "old", "older")):
        await journal.intend(name, {})
        await journal.failed(name, Moderated("no"))
        os.utime(journal.folder / f"{name}.json", (10**9 - age, 10**9 - age))
    await journal.tidy()
    assert {file.stem for file in files(journal.folder)} == {"open", "newest", "newer"}


def files(folder: Path) -> list[Path]:
    return [*folder.rglob("*")]


def test_what_was_written_down_is_there_after_a_kill(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, signal, sys; from pathlib import Path; from vibes.generators.journal import Journal\n"
        "asyncio.run(Journal(Path(sys.argv[1])).intend('a', {'n': 1})); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)  # noqa: S603 - our own code
    assert ended.returncode == -signal.SIGKILL
    assert [file.name for file in files(tmp_path)] == ["a.json"]


async def test_where_the_disk_refuses_nothing_is_promised(tmp_path: Path) -> None:
    (tmp_path / "requests").write_text("a file in the place of the folder", encoding="utf-8")
    with pytest.raises(OSError, match="requests"):
        await Journal(tmp_path / "requests").intend("a", {})
