"""The room of the pictures: those drawn by nodes, uploads, and the threads that decode both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from vibes.app.base import Base
from vibes.media_stores.folder import FolderMediaStore
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.media.decoding_pool import DecodingPool
from vibes.services.media.image_store import ImageStore
from vibes.services.media.input_images import InputImages
from vibes.services.media.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRoom:
    images: ImageStore
    artifacts: ArtifactStore
    uploads: Uploads
    inputs: InputImages
    decoding: DecodingPool


@asynccontextmanager
async def open_media(base: Base) -> AsyncIterator[MediaRoom]:
    decoding = DecodingPool()
    images = ImageStore(FolderMediaStore(base.settings.images_folder, base.clock), decoding)
    artifacts = ArtifactStore(FolderMediaStore(base.settings.artifacts_folder, base.clock), base.clock, decoding)
    uploads = Uploads(base.storage, artifacts)
    inputs = InputImages(base.storage, images, artifacts, uploads, decoding)
    try:
        yield MediaRoom(images=images, artifacts=artifacts, uploads=uploads, inputs=inputs, decoding=decoding)
    finally:
        decoding.close()
