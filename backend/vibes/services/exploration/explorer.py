"""What lies beside a picture and between two, with what the fleet has."""

from vibes.domain.errors import NotFound
from vibes.domain.exploration.between import Seeds, between
from vibes.domain.exploration.neighbours import Direction, Neighbourhood, Surroundings, neighbours
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId
from vibes.domain.nodes.node import ModelFolder
from vibes.ports.storage import Storage
from vibes.services.exploration.variations import Variations, VariationsRequest
from vibes.services.generations.models import MAIN_FOLDERS, FleetModels
from vibes.workflows.models.file_families import guess_file


class Explorer:
    def __init__(self, storage: Storage, models: FleetModels, variations: Variations) -> None:
        self.variations = variations
        """Draws what was found."""
        self._storage = storage
        self._models = models

    async def neighbours(self, generation_id: GenerationId, direction: Direction) -> Neighbourhood:
        """Nothing is drawn by it. Raises NotFound."""
        picture = await self._picture(generation_id)
        await self._models.learn()
        return neighbours(picture, direction, self._surroundings(picture.spec.model_family))

    async def between(
        self, one: GenerationId, other: GenerationId, steps: int, seeds: Seeds = Seeds.KEEP
    ) -> VariationsRequest:
        """Raises NotFound, and InvalidRequest for two between which there is nothing."""
        base, variations = between(await self._picture(one), await self._picture(other), steps, seeds)
        return VariationsRequest(base, variations)

    def _surroundings(self, family: str) -> Surroundings:
        """Files whose purpose is whole pictures of this family, by their names in the fleet."""
        shelf = self._models.shelves.all()
        models = [
            name
            for folder in MAIN_FOLDERS
            for name, nodes in shelf[folder].items()
            if guess_file(name).special is None and self._models.family_of(name, nodes, family).family == family
        ]
        loras = [name for name in shelf[ModelFolder.LORAS] if guess_file(name).family == family]
        return Surroundings(sorted(models, key=str.casefold), sorted(loras, key=str.casefold))

    async def _picture(self, generation_id: GenerationId) -> Generation:
        picture = await self._storage.generations.get(generation_id)
        if picture is None:
            raise NotFound(f"there is no generation {generation_id}", code="unknown_generation")
        return picture
