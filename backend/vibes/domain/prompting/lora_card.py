"""What a LoRA's file tells of itself: how it is called, what it is for, and the words that call it up."""

from dataclasses import dataclass

from vibes.domain.refinement.families import Weights, style_of
from vibes.domain.refinement.rendering import escape


@dataclass(frozen=True, slots=True)
class TriggerWord:
    text: str
    count: int
    """Pictures that it was trained on with this word; 0: its maker names it, nobody counted."""


def in_prompt(word: str, family: str | None) -> str:
    """A trigger word as it stands in a prompt: where parentheses are weights, those that are meant are escaped. Of an
    unknown family, whose files are mostly of those, too."""
    is_syntax = family is None or style_of(family).weights is Weights.SYNTAX
    return escape(word) if is_syntax else word


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraCard:
    """Everything may be missing."""

    title: str = ""
    description: str = ""
    bases: tuple[str, ...] = ()
    """What it was trained for, as trainers name it, the most telling first: ``sdxl_base_v1-0``, a checkpoint's file."""
    trigger_words: tuple[TriggerWord, ...] = ()
    """Those that its maker names first, then by how often they were trained."""
    hash: str = ""
    """SHA-256 of its tensors in 64 hexadecimal digits, of which sites call the first twelve AutoV3; empty: its maker
    noted none."""
    thumbnail: str = ""
    """A data URI that nobody has looked into; empty: none."""
