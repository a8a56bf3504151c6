"""By which a hub finds out whether a transaction was committed whose connection broke."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "commit_marks",
        sa.Column("writer", sa.String(36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("writer", name="pk_commit_marks"),
    )


def downgrade() -> None:
    op.drop_table("commit_marks")
