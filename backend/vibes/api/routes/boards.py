"""``/api/boards``: pictures of any sessions that a person puts together."""

from typing import Annotated

from fastapi import Header, Query, Response, status
from starlette.responses import FileResponse

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.entity_tags import made_from, tag_of, version_in
from vibes.api.http.routers import api_router
from vibes.api.routes.gallery import ChosenGenerations, archive_answer
from vibes.api.routes.images import Metadata
from vibes.api.schemas.boards import BoardBody, BoardChangeOut, BoardList, BoardOut
from vibes.api.schemas.common import Word
from vibes.domain.ids import BoardId, GenerationId
from vibes.domain.pictures.board import Board

router = api_router(prefix="/api/boards", tag="boards")

IfMatch = Annotated[str | None, Header(description=made_from("board_changed"))]


class MovedGenerations(ChosenGenerations):
    before: Word | None = None
    """A picture that stays; null: they go to the end."""


@router.get("")
async def list_boards(
    boards: given.Boards,
    asker: Asker,
    generation_id: Annotated[Word | None, Query(description="Only those that this picture is on.")] = None,
) -> BoardList:
    holding = GenerationId(generation_id) if generation_id is not None else None
    found = await boards.all(asker.owner, holding=holding)
    contents = await boards.contents(found)
    return BoardList(boards=[BoardOut.of(each, contents.get(each.id)) for each in found])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_board(body: BoardBody, boards: given.Boards, asker: Asker, response: Response) -> BoardOut:
    return await _tagged(await boards.create(body.label(), asker.owner), boards, response)


@router.get("/{board_id}")
async def get_board(board_id: str, boards: given.Boards, response: Response) -> BoardOut:
    """Its pictures: `GET /api/generations?board_id=…&sort=board`."""
    return await _tagged(await boards.get(BoardId(board_id)), boards, response)


@router.put("/{board_id}")
async def change_board(
    board_id: str, body: BoardBody, boards: given.Boards, response: Response, if_match: IfMatch = None
) -> BoardOut:
    """Replaces name, notes and cover."""
    changed = await boards.change(BoardId(board_id), body.label(), seen=version_in(if_match))
    return await _tagged(changed, boards, response)


@router.delete("/{board_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_board(board_id: str, boards: given.Boards) -> Response:
    """The board alone: no picture is deleted, and it can be restored within the undo window."""
    await boards.delete(BoardId(board_id))
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/{board_id}/restore")
async def restore_board(board_id: str, boards: given.Boards, response: Response) -> BoardOut:
    """Brings a deleted one back, with its pictures."""
    return await _tagged(await boards.restore(BoardId(board_id)), boards, response)


@router.post("/{board_id}/pictures")
async def put_pictures(board_id: str, body: ChosenGenerations, boards: given.Boards) -> BoardChangeOut:
    """Puts them at the end of the board. While they are on it, nothing but the deletion of their session deletes
    them."""
    return await _changed(await boards.put(BoardId(board_id), body.generation_ids), board_id, boards)


@router.post("/{board_id}/pictures/remove")
async def take_pictures_off(board_id: str, body: ChosenGenerations, boards: given.Boards) -> BoardChangeOut:
    """Takes them off the board; they stay in the gallery, and `…/restore` puts them back within the undo window."""
    return await _changed(await boards.take_off(BoardId(board_id), body.generation_ids), board_id, boards)


@router.post("/{board_id}/pictures/restore")
async def put_pictures_back(board_id: str, body: ChosenGenerations, boards: given.Boards) -> BoardChangeOut:
    """Puts those that were taken off back to their places."""
    return await _changed(await boards.put_back(BoardId(board_id), body.generation_ids), board_id, boards)


@router.post("/{board_id}/pictures/move", status_code=status.HTTP_204_NO_CONTENT)
async def move_pictures(board_id: str, body: MovedGenerations, boards: given.Boards) -> Response:
    """Sorts by hand: puts them, in their order among each other, before another one or at the end."""
    before = GenerationId(body.before) if body.before is not None else None
    await boards.move(BoardId(board_id), body.generation_ids, before=before)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/{board_id}/archive", response_class=FileResponse)
async def download_board(board_id: str, boards: given.Boards, metadata: Metadata = "all") -> FileResponse:
    """All its pictures as one zip, numbered in their order; what is not there as it should be is told as in that of
    `/api/generations/archive`."""
    board, archive = await boards.archive(BoardId(board_id), metadata=metadata == "all")
    return archive_answer(archive, "".join(each if each.isalnum() or each in " -_" else "_" for each in board.name))


async def _tagged(board: Board, boards: given.Boards, response: Response) -> BoardOut:
    response.headers["ETag"] = tag_of(board.version)
    return BoardOut.of(board, (await boards.contents([board])).get(board.id))


async def _changed(number: int, board_id: str, boards: given.Boards) -> BoardChangeOut:
    board = await boards.get(BoardId(board_id))
    return BoardChangeOut(changed=number, board=BoardOut.of(board, (await boards.contents([board])).get(board.id)))
