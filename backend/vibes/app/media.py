"""The room of the pictures: those drawn by nodes, uploads, and the threads that decode both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from vibes.app.base import Base
from vibes.media_stores.open import OpenPlace, open_place
from vibes.media_stores.places import ARTIFACTS, IMAGES
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.media.decoding_pool import DecodingPool
from vibes.services.media.image_store import ImageStore, Links
from vibes.services.media.input_images import InputImages
from vibes.services.media.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRoom:
    place: OpenPlace
    images: ImageStore
    artifacts: ArtifactStore
    uploads: Uploads
    inputs: InputImages
    decoding: DecodingPool


@asynccontextmanager
async def open_media(base: Base) -> AsyncIterator[MediaRoom]:
    settings, clock = base.settings, base.clock
    decoding = DecodingPool()
    try:
        async with open_place(settings, settings.data, clock) as place:
            images = ImageStore(
                base.tenure.files(place.store(IMAGES)), decoding, await _links(place, settings.media_presigned_seconds)
            )
            artifacts = ArtifactStore(base.tenure.files(place.store(ARTIFACTS)), clock, decoding)
            uploads = Uploads(base.storage, artifacts)
            inputs = InputImages(base.storage, images, artifacts, uploads, decoding)
            yield MediaRoom(
                place=place, images=images, artifacts=artifacts, uploads=uploads, inputs=inputs, decoding=decoding
            )
    finally:
        decoding.close()


async def _links(place: OpenPlace, seconds: int) -> Links | None:
    """None where the place has no addresses."""
    example = await place.store(IMAGES).link("example", 1) if seconds else None
    if example is None:
        return None
    parts = urlsplit(example)
    return Links(seconds, f"{parts.scheme}://{parts.netloc}")
