"""Prompts as a search compares them, where that is not how they are written."""

import sqlalchemy as sa
from alembic import op

from vibes.text.folded_text import folded

revision = "0006"
down_revision = "0005"

_SLICE = 1000
"""Rows in memory at a time: a hub may hold a million prompts of several kB."""

_GENERATIONS = sa.table("generations", sa.column("id"), sa.column("prompt"), sa.column("folded_prompt"))


def upgrade() -> None:
    op.add_column("generations", sa.Column("folded_prompt", sa.Text()))
    connection = op.get_bind()
    columns = _GENERATIONS.c
    change = (
        sa.update(_GENERATIONS).where(columns.id == sa.bindparam("wanted")).values(folded_prompt=sa.bindparam("folded"))
    )
    last = ""
    while rows := connection.execute(
        sa.select(columns.id, columns.prompt).where(columns.id > last).order_by(columns.id).limit(_SLICE)
    ).all():
        last = rows[-1].id
        changed = [{"wanted": row.id, "folded": text} for row in rows if (text := folded(row.prompt)) != row.prompt]
        if changed:
            connection.execute(change, changed)


def downgrade() -> None:
    op.drop_column("generations", "folded_prompt")
