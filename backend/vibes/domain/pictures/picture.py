"""A reference to a picture that the hub keeps: the value of an image or mask parameter in a spec."""

from dataclasses import dataclass
from enum import StrEnum

from vibes.domain.ids import GenerationId


class PictureOrigin(StrEnum):
    GENERATION = "generation"
    ARTIFACT = "artifact"


@dataclass(frozen=True, slots=True)
class PictureReference:
    """Written as ``generation:<id>`` or ``artifact:<sha256>``."""

    origin: PictureOrigin
    id: str

    def __str__(self) -> str:
        return f"{self.origin}:{self.id}"

    @classmethod
    def of_generation(cls, generation_id: GenerationId) -> "PictureReference":
        return cls(PictureOrigin.GENERATION, generation_id)

    @classmethod
    def parse(cls, text: str) -> "PictureReference | None":
        """None when the text is no reference."""
        origin, separator, identity = text.partition(":")
        if not separator or not identity or origin not in set(PictureOrigin):
            return None
        return cls(PictureOrigin(origin), identity)
