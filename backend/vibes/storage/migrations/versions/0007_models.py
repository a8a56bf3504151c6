"""What people said of model files, and an index that finds the newest picture made with one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "model_families",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("file", name="pk_model_families"),
    )
    op.create_table(
        "preferred_models",
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("family", name="pk_preferred_models"),
    )
    op.create_index("ix_generations_checkpoint", "generations", ["checkpoint", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_generations_checkpoint", "generations")
    op.drop_table("preferred_models")
    op.drop_table("model_families")
