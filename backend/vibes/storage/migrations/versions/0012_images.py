"""A generation may have several images, each of a media type of its own; all there are so far are one PNG."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("generations", sa.Column("image_media_type", sa.String(32)))
    op.add_column("generations", sa.Column("image_graph_node", sa.Text()))
    op.add_column("generations", sa.Column("further_images", sa.JSON()))
    op.execute("UPDATE generations SET image_media_type = 'image/png' WHERE image_path IS NOT NULL")


def downgrade() -> None:
    op.drop_column("generations", "further_images")
    op.drop_column("generations", "image_graph_node")
    op.drop_column("generations", "image_media_type")
