"""Whether a person has asked for a picture again since it was paid for: of none so far."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("spendings", sa.Column("written_off", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("spendings", "written_off")
