"""How good a person finds a picture: 1 to 5, null for not rated."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("generations", sa.Column("rating", sa.Integer()))


def downgrade() -> None:
    op.drop_column("generations", "rating")
