"""Whether a person chose a picture's seed; of those there are so far nobody knows, and they are drawn as before."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("generations", sa.Column("seed_chosen", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("generations", "seed_chosen")
