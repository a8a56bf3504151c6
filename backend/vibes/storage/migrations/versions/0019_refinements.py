"""What people said should change: the intent document of each session, and each refinement with its models' answers."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "intents",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_intents"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_intents_session_id", ondelete="CASCADE"),
    )
    op.create_table(
        "refinements",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refinements"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_refinements_session_id", ondelete="CASCADE"),
    )
    op.create_index("ix_refinements_session_id", "refinements", ["session_id"])


def downgrade() -> None:
    op.drop_index("ix_refinements_session_id", "refinements")
    op.drop_table("refinements")
    op.drop_table("intents")
