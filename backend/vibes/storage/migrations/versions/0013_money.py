"""What may be spent, and what was: nothing of either so far."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for table in ("batches", "jobs"):
        op.add_column(table, sa.Column("max_cost", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("batches", sa.Column("purse", sa.String(36)))
    op.add_column("generations", sa.Column("cost", sa.BigInteger()))
    op.add_column("attempts", sa.Column("charges", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "spendings",
        sa.Column("attempt_id", sa.String(36), nullable=False),
        sa.Column("generation_id", sa.String(36), nullable=False),
        sa.Column("batch_id", sa.String(36), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("purse", sa.String(36), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_spendings"),
    )
    op.create_index("ix_spendings_node_id", "spendings", ["node_id", "day"])
    op.create_index("ix_spendings_purse", "spendings", ["purse", "node_id"])
    op.create_index("ix_spendings_generation_id", "spendings", ["generation_id"])
    op.create_index("ix_spendings_day", "spendings", ["day"])


def downgrade() -> None:
    op.drop_table("spendings")
    op.drop_column("attempts", "charges")
    op.drop_column("generations", "cost")
    op.drop_column("batches", "purse")
    for table in ("jobs", "batches"):
        op.drop_column(table, "max_cost")
