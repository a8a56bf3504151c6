"""``vibes boards``: shows boards, fills, empties, deletes and downloads them."""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

from rich.table import Table

from vibes.client import AsyncHubClient, Board, ClientError, HubAddress
from vibes.commands.common.console import escape_markup, fail, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.result_files import write_new
from vibes.commands.common.tables import Column, table_of
from vibes.text.folded_text import folded
from vibes.text.near_names import near_name_hint

_AT_ONCE = 1000
_NO_NAME = re.compile(r"[^\w -]")


async def run_list(address: HubAddress) -> None:
    async with _opened(address) as hub:
        boards = await hub.boards.list()
    if not boards:
        out.print("there are no boards yet: vibes boards create NAME")
        return
    out.print(_table(boards, out.width))


async def run_create(address: HubAddress, name: str, notes: str) -> None:
    async with _opened(address) as hub:
        board = await hub.boards.create(name, notes=notes)
    _say(f"{board.name} is there ({board.id})")


async def run_add(address: HubAddress, name: str, pictures: Sequence[str], batch: str | None) -> None:
    async with _opened(address) as hub:
        board = await _named(hub, name)
        ids = await _chosen(hub, pictures, batch, drawn=True)
        changed = sum([(await hub.boards.add(board.id, some)).changed for some in _slices(ids)])
    already = f", {len(ids) - changed} were on it" if changed < len(ids) else ""
    _say(f"{_pictures(changed)} put on {board.name}{already}")


async def run_remove(address: HubAddress, name: str, pictures: Sequence[str], batch: str | None) -> None:
    async with _opened(address) as hub:
        board = await _named(hub, name)
        ids = await _chosen(hub, pictures, batch, drawn=False)
        changed = sum([(await hub.boards.remove(board.id, some)).changed for some in _slices(ids)])
    _say(f"{_pictures(changed)} taken off {board.name}; in the gallery they stay")


async def run_delete(address: HubAddress, name: str) -> None:
    async with _opened(address) as hub:
        board = await _named(hub, name)
        await hub.boards.delete(board.id)
    _say(f"{board.name} is deleted; its pictures stay in the gallery. Within a day it comes back by")
    out.print(f"vibes boards restore {board.id}")


async def run_restore(address: HubAddress, board_id: str) -> None:
    async with _opened(address) as hub:
        board = await hub.boards.restore(board_id)
    _say(f"{board.name} is back with {_pictures(board.count)}")


async def run_download(address: HubAddress, name: str, folder: Path, *, metadata: bool) -> None:
    async with _opened(address) as hub:
        board = await _named(hub, name)
        content = await hub.boards.archive(board.id, metadata=metadata)
    path = await asyncio.to_thread(_written, folder, board.name, content)
    _say(f"{_pictures(board.count)} in {path}")


def _written(folder: Path, name: str, content: bytes) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return write_new(folder / f"{_NO_NAME.sub('_', name)}.zip", content)
    except OSError as error:
        fail(f"the zip cannot be written: {error}")


@asynccontextmanager
async def _opened(address: HubAddress) -> AsyncGenerator[AsyncHubClient]:
    try:
        async with open_hub(address) as hub:
            yield hub
    except ClientError as error:
        fail(str(error))


async def _named(hub: AsyncHubClient, name: str) -> Board:
    boards = await hub.boards.list()
    found = next((each for each in boards if name == each.id or folded(name) == folded(each.name)), None)
    if found is None:
        fail(f"there is no board {name!r}{near_name_hint(name, [each.name for each in boards])}")
    return found


async def _chosen(hub: AsyncHubClient, pictures: Sequence[str], batch: str | None, *, drawn: bool) -> list[str]:
    """``drawn``: of the batch only those that have a picture."""
    ids = [*pictures]
    if batch is not None:
        members = (await hub.batches.get(batch)).generations
        ids += [each.id for each in members if each.image_url or not drawn]
    if not ids:
        fail("say which pictures, or --batch")
    return list(dict.fromkeys(ids))


def _slices(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]


def _changed(board: Board) -> str:
    return f"{board.updated_at.astimezone(UTC):%d %b %H:%M} UTC"


def _table(boards: Sequence[Board], width: int) -> Table:
    columns = [
        Column(heading="board", cells=[escape_markup(each.name) for each in boards], folds_at=16),
        Column(heading="pictures", cells=[f"{each.count:,}" for each in boards], justify="right"),
        Column(heading="changed", cells=[_changed(each) for each in boards], worth=2),
        Column(heading="notes", cells=[escape_markup(" ".join(each.notes.split())) for each in boards], folds_at=16),
        Column(heading="id", cells=[each.id for each in boards], worth=1),
    ]
    return table_of(columns, width)


def _pictures(number: int) -> str:
    return f"{number:,} picture{'' if number == 1 else 's'}"


def _say(text: str) -> None:
    out.print(escape_markup(text), soft_wrap=True)
