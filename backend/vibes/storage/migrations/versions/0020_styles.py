"""Styles and characters, and what a person wrote where a picture was drawn from something else."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "styles",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("negative_prompt", sa.Text(), nullable=False),
        sa.Column("loras", sa.JSON(), nullable=False),
        sa.Column("checkpoint", sa.Text()),
        sa.Column("thumbnail", sa.String(36)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("delete_after", UtcDateTime()),
        sa.Column("owner", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_styles"),
    )
    op.create_index("ix_styles_folded_name", "styles", ["folded_name"])
    op.add_column("generations", sa.Column("written", sa.JSON()))


def downgrade() -> None:
    op.drop_column("generations", "written")
    op.drop_index("ix_styles_folded_name", "styles")
    op.drop_table("styles")
