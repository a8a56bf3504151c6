"""What a picture was made with, as values."""

from dataclasses import dataclass, fields, replace
from typing import Literal

from vibes.domain.pictures.file_kind import FileKind

MAX_PROMPT = 10_000
"""Most characters of a text that are told."""


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """A model file by the name and the hash that the picture gives; programs leave out folder, extension or name."""

    kind: FileKind
    name: str
    hash: str | None = None
    """Hexadecimal digits in lower case: of SHA-256 the first 10 (AutoV2), 12 of the tensors alone (AutoV3), all 64, or
    the 8 of A1111's first hash."""
    strength: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSettings:
    """By the names of `GenerationRequest` values; None: the picture does not tell."""

    prompt: str | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    cfg_scale: float | None = None
    guidance: float | None = None
    denoise_strength: float | None = None
    sampler: str | None = None
    """ComfyUI's name."""
    scheduler: str | None = None
    """ComfyUI's name."""

    def known(self) -> dict[str, str | int | float]:
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) is not None}


@dataclass(frozen=True, slots=True)
class EmbeddedWorkflow:
    format: Literal["api", "ui"]
    document: str
    """JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    made_with: str
    """The program's name, as people write it."""
    version: str | None = None
    settings: RecipeSettings = RecipeSettings()
    files: tuple[RecipeFile, ...] = ()
    workflow: EmbeddedWorkflow | None = None
    notes: tuple[str, ...] = ()
    """Sentences about what was understood otherwise than written, or not at all."""
    tells_strength: bool = False
    """Whether a strength that it does not tell was none: that of a graph beside it is a later step's."""

    def and_then(self, other: "Recipe") -> "Recipe":
        """With what this one does not tell taken from the other; all of what one graph loads, or none of it."""
        added = other.settings.known()
        if self.tells_strength:
            added.pop("denoise_strength", None)
        known = added | self.settings.known()
        return replace(
            self,
            version=self.version or other.version,
            settings=RecipeSettings(**known),  # type: ignore[arg-type]  # its own values, by its own names
            files=self.files or other.files,
            workflow=self.workflow or other.workflow,
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
        )
