"""When each writer was seen last, so that the row of one that was killed goes after a while."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("commit_marks", sa.Column("seen_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE commit_marks SET seen_at = CURRENT_TIMESTAMP")


def downgrade() -> None:
    op.drop_column("commit_marks", "seen_at")
