"""The fleet's model files as the hub tells them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFile:
    """What a family is drawn with where nobody names a file."""

    file: str | None
    """None: ``why`` says why there is none, and the cure."""
    why: str
    nodes: tuple[str, ...]
    unsure: tuple[str, ...]
    """Without a file: those that may be of the family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyModels:
    family: str
    preferred: str | None
    """What somebody chose last."""
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
    """None: cannot be told."""
    why: str
    special: str | None
    """What it is made for, where that is not whole pictures."""
    nodes: tuple[str, ...]
    last: LastPicture | None
    """The newest picture that was drawn with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    families: tuple[FamilyModels, ...]
    files: tuple[ModelFile, ...]
