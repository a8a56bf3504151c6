"""A deleted session is kept for a while, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("delete_after", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("sessions", "delete_after")
