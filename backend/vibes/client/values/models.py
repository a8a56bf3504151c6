"""The fleet's model files as the hub reports them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFile:
    """The file that a family is drawn with when a request names none."""

    file: str | None
    """None: there is none; ``why`` has the reason and the remedy."""
    why: str
    nodes: tuple[str, ...]
    unsure: tuple[str, ...]
    """Without a file: files that may be of the family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyModels:
    family: str
    preferred: str | None
    """The file that a person chose last."""
    relatives: tuple[str, ...] = ()
    """Other families of the same architecture, whose LoRAs work with it."""
    from_text: FamilyFile
    from_picture: FamilyFile


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPicture:
    generation_id: str
    thumbnail_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    name: str
    folder: str
    """ComfyUI's model folder."""
    family: str | None
    """None: unknown."""
    why: str
    special: str | None
    """Its purpose, if that is not whole pictures."""
    nodes: tuple[str, ...]
    last: LastPicture | None
    """The newest picture made with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    families: tuple[FamilyModels, ...]
    files: tuple[ModelFile, ...]
