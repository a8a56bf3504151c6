"""Bodies of ``/api/boards``."""

from typing import Annotated

from pydantic import Field

from vibes.api.schemas.common import NonBlank, RequestBody, Timestamp, Word
from vibes.api.schemas.generations import ResponseBody
from vibes.api.schemas.images import thumbnail_url
from vibes.domain.ids import GenerationId
from vibes.domain.pictures.board import Board, BoardContents, BoardLabel

MAX_BOARD_NAME = 100
MAX_NOTES = 8_192


class BoardBody(RequestBody):
    """What is said of a board, whole; its pictures are put onto it and taken off by themselves."""

    name: Annotated[NonBlank, Field(max_length=MAX_BOARD_NAME)] = Field(
        description="Unique, in whatever letter case.", examples=["Lighthouses"]
    )
    notes: Annotated[str, Field(max_length=MAX_NOTES)] = ""
    cover_id: Word | None = Field(None, description="The picture of it that stands for it; null: the first one.")

    def label(self) -> BoardLabel:
        return BoardLabel(
            name=self.name.strip(),
            notes=self.notes,
            cover=GenerationId(self.cover_id) if self.cover_id else None,
        )


class BoardOut(ResponseBody):
    id: str
    name: str
    notes: str
    count: int = Field(description="Pictures on it, without those whose session is deleted.")
    cover_id: str | None = Field(description="As it was chosen.")
    cover_url: str | None = Field(
        description="Thumbnail of what was chosen or, where that is not on it, of the first one; null for an empty one."
    )
    version: int = Field(description="Its ETag; pictures come and go without it.")
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, board: Board, contents: BoardContents | None) -> "BoardOut":
        return cls(
            id=board.id,
            name=board.name,
            notes=board.notes,
            count=contents.count if contents else 0,
            cover_id=board.cover,
            cover_url=thumbnail_url(*contents.cover) if contents else None,
            version=board.version,
            created_at=board.created_at,
            updated_at=board.updated_at,
        )


class BoardList(ResponseBody):
    boards: list[BoardOut] = Field(description="By name.")


class BoardChangeOut(ResponseBody):
    changed: int = Field(description="How many pictures were put on, taken off or put back; others were so already.")
    board: BoardOut
