"""Workers: processes on GPU machines, and the orders that they carry out."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("node_id", sa.String(64), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("capabilities", sa.JSON(), nullable=False),
        sa.Column("max_resolution", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=False),
        sa.Column("vitals", sa.JSON()),
        sa.Column("inventory_digest", sa.String(64), nullable=False),
        sa.Column("inventory", sa.JSON()),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )
    op.create_index("ix_workers_node_id", "workers", ["node_id"])
    op.create_table(
        "worker_orders",
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("attempt_id", sa.String(36), nullable=False),
        sa.Column("node_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("holder", sa.String(64)),
        sa.Column("unwanted", sa.Boolean(), nullable=False),
        sa.Column("signs", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.JSON()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("place", name="pk_worker_orders"),
    )
    op.create_index("ix_worker_orders_attempt_id", "worker_orders", ["attempt_id"], unique=True)
    op.create_index("ix_worker_orders_open", "worker_orders", ["node_id", "state", "place"])
    op.create_index("ix_worker_orders_holder", "worker_orders", ["holder"])
    op.create_index("ix_worker_orders_ended_at", "worker_orders", ["ended_at"])


def downgrade() -> None:
    op.drop_table("worker_orders")
    op.drop_table("workers")
