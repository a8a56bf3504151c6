"""Bodies of ``/api/artifacts``."""

from pydantic import Field

from vibes.api.schemas.generations import ResponseBody
from vibes.services.media.artifact_store import Artifact


class ArtifactOut(ResponseBody):
    artifact_id: str = Field(description='Use it as "artifact:<artifact_id>" in an image or mask parameter.')
    width: int
    height: int
    notes: list[str] = Field(
        description="Sentences for people: what of the file is not used, or counts otherwise than it looks."
    )

    @classmethod
    def of(cls, artifact: Artifact) -> "ArtifactOut":
        return cls(artifact_id=artifact.id, width=artifact.width, height=artifact.height, notes=list(artifact.notes))
