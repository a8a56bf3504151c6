"""What a picture was made with, as the hub reads it out of its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vibes.client.values.codes import UsedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFile:
    kind: UsedFile
    name: str
    hash: str | None = None
    strength: float | None = None
    on_fleet: str | None = None
    """The fleet's own name; None: no node has it."""
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeWorkflow:
    format: str
    """``api`` or ``ui``."""
    document: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    made_with: str
    version: str | None = None
    settings: Mapping[str, Any]
    """By the names that a request for pictures has; only what is known."""
    files: tuple[RecipeFile, ...] = ()
    workflow: RecipeWorkflow | None = None
    notes: tuple[str, ...] = ()
