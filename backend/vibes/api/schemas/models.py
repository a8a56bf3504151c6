"""Bodies of ``/api/models``."""

from pydantic import Field

from vibes.api.schemas.common import NonBlank, RequestBody
from vibes.api.schemas.generations import ResponseBody
from vibes.api.schemas.images import thumbnail_url
from vibes.domain.generation import Generation
from vibes.services.generations.model_overview import FamilyModels, ModelFile, ModelOverview
from vibes.services.generations.models import FamilyFile
from vibes.workflows.models.model_choice import relatives_of

_MAX_FILE = 1024
_MAX_FAMILY = 64


class FamilyFileOut(ResponseBody):
    file: str | None = Field(description="What it is drawn with where nobody names a file; null: see why.")
    why: str = Field(description="Why this one; or why there is none, and the cure.")
    nodes: list[str] = Field(description="Nodes that have it and may draw this family.")
    unsure: list[str] = Field(description="Without a file: those that may be of the family, their names do not tell.")

    @classmethod
    def of(cls, found: FamilyFile) -> "FamilyFileOut":
        return cls(file=found.file, why=found.why, nodes=list(found.nodes), unsure=list(found.unsure))


class FamilyModelsOut(ResponseBody):
    family: str
    preferred: str | None = Field(description="What somebody chose last; it is drawn with while a node has it.")
    relatives: list[str] = Field(description="Other families of the same architecture, whose LoRAs work with it.")
    from_text: FamilyFileOut
    from_picture: FamilyFileOut

    @classmethod
    def of(cls, models: FamilyModels) -> "FamilyModelsOut":
        return cls(
            family=models.family,
            preferred=models.preferred,
            relatives=sorted(relatives_of(models.family)),
            from_text=FamilyFileOut.of(models.from_text),
            from_picture=FamilyFileOut.of(models.from_picture),
        )


class LastPicture(ResponseBody):
    generation_id: str
    thumbnail_url: str

    @classmethod
    def of(cls, generation: Generation) -> "LastPicture":
        return cls(generation_id=generation.id, thumbnail_url=thumbnail_url(generation.session_id, generation.id))


class ModelFileOut(ResponseBody):
    name: str
    folder: str = Field(description="ComfyUI's model folder.")
    family: str | None = Field(description="null: cannot be told. May be one that no workflow draws.")
    why: str = Field(description="What the family was told by.")
    special: str | None = Field(description="What it is made for, where that is not whole pictures: never chosen.")
    nodes: list[str]
    last: LastPicture | None = Field(description="The newest picture that was drawn with this checkpoint.")

    @classmethod
    def of(cls, file: ModelFile) -> "ModelFileOut":
        return cls(
            name=file.name,
            folder=str(file.folder),
            family=file.told.family,
            why=file.told.why,
            special=file.special,
            nodes=sorted(file.nodes),
            last=LastPicture.of(file.last) if file.last else None,
        )


class ModelsOut(ResponseBody):
    families: list[FamilyModelsOut] = Field(description="Every family that there is a workflow for.")
    files: list[ModelFileOut] = Field(description="Checkpoints, diffusion models and LoRAs, alphabetically.")

    @classmethod
    def of(cls, overview: ModelOverview) -> "ModelsOut":
        return cls(
            families=[FamilyModelsOut.of(each) for each in overview.families],
            files=[ModelFileOut.of(each) for each in overview.files],
        )


class PreferModel(RequestBody):
    family: NonBlank = Field(max_length=_MAX_FAMILY)
    file: NonBlank | None = Field(max_length=_MAX_FILE, description="null: let the hub choose again.")


class SayFamily(RequestBody):
    file: NonBlank = Field(max_length=_MAX_FILE)
    family: NonBlank | None = Field(max_length=_MAX_FAMILY, description="null: go by its name again.")
