"""The tables of boards; every change here needs a migration, as for all others."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from vibes.storage.sql.column_types import UtcDateTime
from vibes.storage.sql.tables import METADATA

ID, OWNER = String(36), String(64)

BOARDS = Table(
    "boards",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    # By which it is unique, in any letter case.
    Column("folded_name", Text, nullable=False),
    Column("notes", Text, nullable=False),
    # Not a foreign key: a board outlives the picture that stands for it.
    Column("cover", ID),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("delete_after", UtcDateTime),
    Column("owner", OWNER),
    Index("ix_boards_folded_name", "folded_name"),
)

BOARD_PICTURES = Table(
    "board_pictures",
    METADATA,
    Column("board_id", ID, ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
    Column("generation_id", ID, ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    # Taken off the board, which can be taken back until then; null: on it.
    Column("forget_after", UtcDateTime),
    Index("ix_board_pictures_generation_id", "generation_id"),
)
