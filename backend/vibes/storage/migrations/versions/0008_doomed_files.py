"""Files that were named by rows which are gone, until they are deleted too."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "doomed_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doomed_files")),
    )


def downgrade() -> None:
    op.drop_table("doomed_files")
