"""For how long a node is drained and what becomes of its work, and nodes that are lent in their owner's hours."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("drained_nodes", sa.Column("until", UtcDateTime()))
    op.add_column("drained_nodes", sa.Column("running", sa.String(16), nullable=False, server_default="finish"))
    op.add_column("drained_nodes", sa.Column("free", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("drained_nodes", sa.Column("lent", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.execute("DELETE FROM drained_nodes WHERE lent")
    for column in ("lent", "free", "running", "until"):
        op.drop_column("drained_nodes", column)
