"""Every image that a row names."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from vibes.domain.generation import StoredImage
from vibes.storage.sql.rows import images_of
from vibes.storage.sql.tables import GENERATIONS, IMAGE_COLUMNS


def named_images(connection: Connection) -> Iterator[StoredImage]:
    """Of all generations, those of deleted sessions that can still be restored too."""
    query = select(*IMAGE_COLUMNS).where(GENERATIONS.c.image_path.is_not(None)).order_by(GENERATIONS.c.image_path)
    for row in connection.execute(query):
        yield from images_of(row)
