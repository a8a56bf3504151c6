"""What a picture differs in from the others of its batch, also as rows to search, and the axes of a batch's grid."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("generations", sa.Column("varied", sa.JSON()))
    op.add_column("batches", sa.Column("axes", sa.JSON()))
    op.create_table(
        "generation_varied",
        sa.Column("generation_id", sa.String(36), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generations.id"],
            name="fk_generation_varied_generation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "parameter", name="pk_generation_varied"),
    )
    op.create_index("ix_generation_varied_parameter", "generation_varied", ["parameter", "value", "generation_id"])


def downgrade() -> None:
    op.drop_table("generation_varied")
    op.drop_column("batches", "axes")
    op.drop_column("generations", "varied")
