"""Boards by the Python client and on the command line."""

import asyncio
import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.client.conftest import Served
from tests.waiting import deadline
from vibes.cli import app
from vibes.client import AsyncHubClient, BatchRequest
from vibes.commands.common.console import out


async def boards(served_hub: Served, *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["boards", *words, "--url", served_hub.url])


async def test_a_board_is_filled_sorted_emptied_and_brought_back(served_hub: Served) -> None:
    async with deadline(), AsyncHubClient(served_hub.url) as hub:
        batch = await hub.batches.submit(BatchRequest(prompt="a cat", model_family="sd15", count=3))
        a, b, c = [each.id for each in (await hub.batches.wait(batch.batch_id)).generations]
        board = await hub.boards.create("Cats", notes="asleep")
        assert (await hub.boards.add(board.id, [a, b, c])).changed == 3
        await hub.boards.move(board.id, [c], before=a)
        found = await hub.generations.search(board_id=board.id, sort="board")
        assert [each.id for each in found.generations] == [c, a, b]
        assert (await hub.boards.remove(board.id, [c])).board.count == 2
        assert (await hub.boards.put_back(board.id, [c])).changed == 1
        changed = await hub.boards.change(board.id, name="Dogs", cover_id=b)
        assert (changed.name, changed.notes, changed.cover_id) == ("Dogs", "", b)
        assert [each.id for each in await hub.boards.list(generation_id=a)] == [board.id]
        await hub.boards.delete(board.id)
        assert await hub.boards.list() == ()
        assert (await hub.boards.restore(board.id)).count == 3
        whole, bare = [await hub.boards.archive(board.id, metadata=each) for each in (True, False)]
        assert (b"parameters" in whole, b"parameters" in bare) == (True, False)
        whole, bare = [await hub.generations.archive([a, b], metadata=each) for each in (True, False)]
        assert (b"parameters" in whole, b"parameters" in bare) == (True, False)


async def test_the_command_line_tells_boards_on_eighty_columns_and_says_what_stays(
    served_hub: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(out, "width", 80)
    async with deadline(), AsyncHubClient(served_hub.url) as hub:
        batch = await hub.batches.submit(BatchRequest(prompt="a cat", model_family="sd15", count=2))
        one, _ = [each.id for each in (await hub.batches.wait(batch.batch_id)).generations]
    assert "vibes boards create NAME" in (await boards(served_hub)).stdout
    await boards(
        served_hub, "create", "Cats [2026]", "--notes", "what the poster needs, and the small one for the door"
    )
    assert "1 picture put on Cats [2026]" in (await boards(served_hub, "add", "cats [2026]", one)).stdout
    both = await boards(served_hub, "add", "Cats [2026]", "--batch", batch.batch_id)
    assert "1 picture put on Cats [2026], 1 were on it" in both.stdout
    listed = (await boards(served_hub)).stdout
    assert re.search(r"Cats \[2026\] +2 ", listed), listed
    assert max(map(len, listed.splitlines())) <= 80
    assert "in the gallery they stay" in (await boards(served_hub, "remove", "Cats [2026]", one)).stdout
    loaded = await boards(served_hub, "download", "Cats [2026]", "--out", str(tmp_path))
    assert "1 picture in" in loaded.stdout
    assert (tmp_path / "Cats _2026_.zip").read_bytes().startswith(b"PK")
    bare = await boards(served_hub, "download", "Cats [2026]", "--out", str(tmp_path / "bare"), "--without-metadata")
    assert bare.exit_code == 0, bare.output
    with zipfile.ZipFile(tmp_path / "bare" / "Cats _2026_.zip") as archive:
        assert not any(b"parameters" in archive.read(name) for name in archive.namelist())
    gone = (await boards(served_hub, "delete", "Cats [2026]")).stdout
    assert "its pictures stay in the gallery" in gone
    command = re.search(r"vibes boards restore (\S+)", gone)
    assert command
    assert "is back with 1 picture" in (await boards(served_hub, "restore", command[1])).stdout
    wrong = await boards(served_hub, "add", "Cat [2026]", one)
    assert (wrong.exit_code, "Cats [2026]" in wrong.output) == (1, True)
