"""The pictures that a concept may begin with: uploads and generations."""

from vibes.domain.errors import InvalidRequest, NotFound, Problem
from vibes.domain.ids import GenerationId
from vibes.ports.storage import Storage
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.media.image_store import ImageStore


class ConceptPictures:
    def __init__(self, storage: Storage, images: ImageStore, artifacts: ArtifactStore) -> None:
        self._storage = storage
        self._images = images
        self._artifacts = artifacts

    async def read(self, reference: str) -> bytes:
        """Its file, for ``artifact:<id>`` or ``generation:<id>``. Raises InvalidRequest for anything else, and NotFound
        where there is none."""
        kind, _, identifier = reference.partition(":")
        if kind == "artifact" and identifier:
            return await self._artifacts.read(identifier)
        if kind == "generation" and identifier:
            return await self._generation(GenerationId(identifier))
        message = "picture must be artifact:<id> or generation:<id>"
        raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("picture", message)])

    async def _generation(self, generation_id: GenerationId) -> bytes:
        generation = await self._storage.generations.get(generation_id)
        if generation is None:
            raise NotFound(f"there is no generation {generation_id}", code="unknown_generation")
        image = generation.image
        if image is None:
            raise NotFound(f"generation {generation_id} has no picture", code="no_image")
        return await self._images.read(image)
