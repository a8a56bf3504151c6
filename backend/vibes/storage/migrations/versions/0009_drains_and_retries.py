"""Nodes that a person drained, and which pictures were asked for again."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "drained_nodes",
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", name="pk_drained_nodes"),
    )
    op.add_column("generations", sa.Column("retried", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("generations", "retried")
    op.drop_table("drained_nodes")
