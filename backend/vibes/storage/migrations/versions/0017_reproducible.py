"""Whether a picture's settings would come to the same image again: true of those that there are so far."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("generations", sa.Column("reproducible", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("generations", "reproducible")
