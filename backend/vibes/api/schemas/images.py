"""What is told of an image, and where it is to be had."""

from pydantic import BaseModel, Field

from vibes.domain.generation import Generation
from vibes.domain.pictures.media_type import MediaType


class ImageOut(BaseModel):
    """One of the files that a generation came to."""

    index: int = Field(description="From 0, which is the one that is shown.")
    url: str
    thumbnail_url: str
    media_type: MediaType
    width: int
    height: int
    size_bytes: int
    sha256: str
    graph_node: str | None = Field(description="The graph node that saved it, where that is known.")

    @classmethod
    def all_of(cls, generation: Generation) -> "list[ImageOut]":
        return [
            cls(
                index=index,
                url=image_url(generation.session_id, generation.id, index),
                thumbnail_url=thumbnail_url(generation.session_id, generation.id, index),
                media_type=image.media_type,
                width=image.width,
                height=image.height,
                size_bytes=image.size_bytes,
                sha256=image.sha256,
                graph_node=image.graph_node or None,
            )
            for index, image in enumerate(generation.images)
        ]


def image_url(session_id: str, generation_id: str, index: int = 0) -> str:
    url = f"/api/images/{session_id}/{generation_id}"
    return f"{url}/{index}" if index else url


def thumbnail_url(session_id: str, generation_id: str, index: int = 0) -> str:
    return f"{image_url(session_id, generation_id, index)}/thumb"
