"""Bodies of ``/api/artifacts``."""

from pydantic import Field

from vibes.api.schemas.generations import ResponseBody
from vibes.services.media.artifact_store import Artifact


class WrittenPromptOut(ResponseBody):
    prompt: str
    negative_prompt: str


class ArtifactOut(ResponseBody):
    artifact_id: str = Field(description='Use it as "artifact:<artifact_id>" in an image or mask parameter.')
    width: int
    height: int
    notes: list[str] = Field(
        description="Sentences for people: what of the file is not used, or counts otherwise than it looks."
    )
    written: WrittenPromptOut | None = Field(
        description="The prompt that the file itself tells, as ComfyUI, A1111, this hub and others write it."
    )

    @classmethod
    def of(cls, artifact: Artifact) -> "ArtifactOut":
        written = None
        if artifact.written is not None:
            told = artifact.written
            written = WrittenPromptOut(prompt=told.prompt, negative_prompt=told.negative_prompt)
        return cls(
            artifact_id=artifact.id,
            width=artifact.width,
            height=artifact.height,
            notes=list(artifact.notes),
            written=written,
        )
