"""What the queue must not forget: how urgent a batch is, what was moved, whether it is paused, what nodes died of."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("batches", sa.Column("priority", sa.String(32)))
    op.add_column("batches", sa.Column("lower_bound_seconds", sa.Double()))
    op.add_column("generations", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("node_died", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "queue_pauses",
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("since", name="pk_queue_pauses"),
    )


def downgrade() -> None:
    op.drop_table("queue_pauses")
    op.drop_column("attempts", "node_died")
    op.drop_column("generations", "place")
    op.drop_column("batches", "lower_bound_seconds")
    op.drop_column("batches", "priority")
