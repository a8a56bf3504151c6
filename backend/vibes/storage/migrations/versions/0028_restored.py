"""When a person took a picture back that was about to be deleted: from then on it counts as new."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("generations", sa.Column("restored_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("generations", "restored_at")
