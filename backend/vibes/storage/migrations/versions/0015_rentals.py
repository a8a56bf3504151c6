"""Rented machines: a row is written before anything is ordered, so that nothing rented is ever forgotten."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "rentals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rentals"),
    )
    op.create_index("ix_rentals_ended_at", "rentals", ["ended_at"])


def downgrade() -> None:
    op.drop_index("ix_rentals_ended_at", "rentals")
    op.drop_table("rentals")
