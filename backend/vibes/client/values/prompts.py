"""What prompts are made with: saved styles and characters, wildcard lists, earlier prompts, completions, LoRAs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vibes.client.values.pictures import Lora
from vibes.domain.prompting.completion import CompletionKind
from vibes.domain.prompting.style import StyleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleDraft:
    """A style or a character as it is saved, whole."""

    name: str
    """Unique, in whatever letter case."""
    kind: StyleKind = StyleKind.STYLE
    text: str = ""
    """``{prompt}`` stands for the prompt; without it, it is put behind the prompt."""
    negative_prompt: str = ""
    loras: tuple[Lora, ...] = ()
    checkpoint: str | None = None
    thumbnail_id: str | None = None
    """A generation whose picture shows it."""

    def body(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "text": self.text,
            "negative_prompt": self.negative_prompt,
            "loras": [lora.body() for lora in self.loras],
            "checkpoint": self.checkpoint,
            "thumbnail_id": self.thumbnail_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One that is saved."""

    id: str
    name: str
    kind: StyleKind
    text: str
    negative_prompt: str
    loras: tuple[Lora, ...]
    checkpoint: str | None
    thumbnail_id: str | None
    thumbnail_url: str | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StylePage:
    styles: tuple[Style, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WildcardSummary:
    name: str
    count: int
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WildcardPage:
    wildcards: tuple[WildcardSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wildcard:
    """A list that ``__name__`` draws from."""

    name: str
    entries: tuple[str, ...]
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPrompt:
    """A prompt that was drawn with before."""

    prompt: str
    negative_prompt: str
    styles: tuple[str, ...]
    model_family: str
    used_at: datetime
    uses: int
    session_id: str
    generation_id: str | None
    thumbnail_url: str | None


@dataclass(frozen=True, slots=True)
class PastPromptPage:
    prompts: tuple[PastPrompt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    kind: CompletionKind
    text: str
    insert: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completions:
    fragment: str
    """The end of the text that `Completion.insert` replaces."""
    completions: tuple[Completion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerWord:
    text: str
    insert: str
    """As it stands in a prompt."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraCard:
    """A LoRA of the fleet, with what its file tells."""

    name: str
    nodes: tuple[str, ...]
    family: str | None
    told: bool
    """False: no node has told yet what is in the file; ask again later."""
    title: str
    description: str
    trigger_words: tuple[TriggerWord, ...]
    thumbnail: str
    """A small JPEG as a data URI, or empty."""


@dataclass(frozen=True, slots=True)
class LoraPage:
    loras: tuple[LoraCard, ...]
    total: int
