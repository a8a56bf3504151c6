"""Workflows as they were at submission, and which of them each generation was asked of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "workflow_versions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_versions"),
    )
    op.add_column("generations", sa.Column("workflow_version", sa.String(64)))


def downgrade() -> None:
    op.drop_column("generations", "workflow_version")
    op.drop_table("workflow_versions")
