"""Boards: pictures of any sessions, put together. Nothing here deletes a picture."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.boards import Board, BoardChange, BoardPage

_PATH = "/api/boards"


class AsyncBoards:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(self, *, generation_id: str | None = None) -> Sequence[Board]:
        """By name; ``generation_id``: only those that this picture is on."""
        return (await self._transport.value(BoardPage, get(_PATH, generation_id=generation_id))).boards

    async def get(self, board_id: str) -> Board:
        """Its pictures: ``generations.search(board_id=…, sort="board")``."""
        return await self._transport.value(Board, get(_path(board_id)))

    async def create(self, name: str, *, notes: str = "") -> Board:
        """Raises Conflict (``name_taken``)."""
        call = Call(method="POST", path=_PATH, body={"name": name, "notes": notes}, repeatable=False)
        return await self._transport.value(Board, call)

    async def change(self, board_id: str, *, name: str, notes: str = "", cover_id: str | None = None) -> Board:
        """Replaces all three; ``cover_id`` None: the first picture stands for it."""
        body = {"name": name, "notes": notes, "cover_id": cover_id}
        return await self._transport.value(Board, Call(method="PUT", path=_path(board_id), body=body, repeatable=True))

    async def delete(self, board_id: str) -> None:
        """The board alone; `restore` brings it back within the undo window."""
        await self._transport.json(Call(method="DELETE", path=_path(board_id), repeatable=False))

    async def restore(self, board_id: str) -> Board:
        return await self._transport.value(Board, _post(f"{_path(board_id)}/restore", None))

    async def add(self, board_id: str, generation_ids: Sequence[str]) -> BoardChange:
        """At its end; at most 1,000 at once. Those that are on it keep their place."""
        return await self._pictures(board_id, "", generation_ids)

    async def remove(self, board_id: str, generation_ids: Sequence[str]) -> BoardChange:
        """They stay in the gallery; `put_back` brings them to their places within the undo window."""
        return await self._pictures(board_id, "/remove", generation_ids)

    async def put_back(self, board_id: str, generation_ids: Sequence[str]) -> BoardChange:
        return await self._pictures(board_id, "/restore", generation_ids)

    async def move(self, board_id: str, generation_ids: Sequence[str], *, before: str | None = None) -> None:
        """Sort by hand: before that picture, or to the end."""
        body = {"ids": list(generation_ids), "before": before}
        await self._transport.json(_post(f"{_path(board_id)}/pictures/move", body))

    async def archive(self, board_id: str, *, metadata: bool = True) -> bytes:
        """All its pictures as one zip, numbered in their order; ``metadata``: False leaves out what they were made
        with, which a hub of an earlier release does not, and videos."""
        asked = {} if metadata else {"metadata": "none"}
        return await self._transport.content(get(f"{_path(board_id)}/archive", **asked))

    async def _pictures(self, board_id: str, action: str, generation_ids: Sequence[str]) -> BoardChange:
        call = _post(f"{_path(board_id)}/pictures{action}", {"ids": list(generation_ids)})
        return await self._transport.value(BoardChange, call)


class Boards:
    """`AsyncBoards` for callers without an event loop."""

    def __init__(self, boards: AsyncBoards, loop: BackgroundLoop) -> None:
        self._boards = boards
        self._loop = loop

    def list(self, *, generation_id: str | None = None) -> Sequence[Board]:
        return self._loop.run(self._boards.list(generation_id=generation_id))

    def get(self, board_id: str) -> Board:
        return self._loop.run(self._boards.get(board_id))

    def create(self, name: str, *, notes: str = "") -> Board:
        return self._loop.run(self._boards.create(name, notes=notes))

    def change(self, board_id: str, *, name: str, notes: str = "", cover_id: str | None = None) -> Board:
        return self._loop.run(self._boards.change(board_id, name=name, notes=notes, cover_id=cover_id))

    def delete(self, board_id: str) -> None:
        self._loop.run(self._boards.delete(board_id))

    def restore(self, board_id: str) -> Board:
        return self._loop.run(self._boards.restore(board_id))

    def add(self, board_id: str, generation_ids: Sequence[str]) -> BoardChange:
        return self._loop.run(self._boards.add(board_id, generation_ids))

    def remove(self, board_id: str, generation_ids: Sequence[str]) -> BoardChange:
        return self._loop.run(self._boards.remove(board_id, generation_ids))

    def put_back(self, board_id: str, generation_ids: Sequence[str]) -> BoardChange:
        return self._loop.run(self._boards.put_back(board_id, generation_ids))

    def move(self, board_id: str, generation_ids: Sequence[str], *, before: str | None = None) -> None:
        self._loop.run(self._boards.move(board_id, generation_ids, before=before))

    def archive(self, board_id: str, *, metadata: bool = True) -> bytes:
        return self._loop.run(self._boards.archive(board_id, metadata=metadata))


def _path(board_id: str) -> str:
    return f"{_PATH}/{quote(board_id, safe='')}"


def _post(path: str, body: Any) -> Call:
    return Call(method="POST", path=path, body=body, repeatable=True)
