"""Boards: pictures of any sessions, put together by a person."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("cover", sa.String(36)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("delete_after", UtcDateTime()),
        sa.Column("owner", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_boards"),
    )
    op.create_index("ix_boards_folded_name", "boards", ["folded_name"])
    op.create_table(
        "board_pictures",
        sa.Column("board_id", sa.String(36), nullable=False),
        sa.Column("generation_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("forget_after", UtcDateTime()),
        sa.PrimaryKeyConstraint("board_id", "generation_id", name="pk_board_pictures"),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], ondelete="CASCADE", name="fk_board_pictures_board_id"),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], ondelete="CASCADE", name="fk_board_pictures_generation_id"
        ),
    )
    op.create_index("ix_board_pictures_generation_id", "board_pictures", ["generation_id"])


def downgrade() -> None:
    op.drop_table("board_pictures")
    op.drop_table("boards")
