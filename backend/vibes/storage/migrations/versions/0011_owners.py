"""Whose sessions, batches, jobs and uploads are; all there are so far are everybody's."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_OWNED = ("sessions", "batches", "jobs")


def upgrade() -> None:
    for table in _OWNED:
        op.add_column(table, sa.Column("owner", sa.String(64)))
    op.create_table(
        "artifacts",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_artifacts"),
    )


def downgrade() -> None:
    op.drop_table("artifacts")
    for table in reversed(_OWNED):
        op.drop_column(table, "owner")
