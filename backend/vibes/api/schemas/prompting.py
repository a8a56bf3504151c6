"""Bodies of ``/api/styles`` and ``/api/wildcards``."""

from typing import Annotated

from pydantic import Field

from vibes.api.schemas.common import NonBlank, RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.generate import MAX_LORAS, LoraIn, lora_spec
from vibes.api.schemas.generations import LoraOut, ResponseBody
from vibes.api.schemas.images import thumbnail_url
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId
from vibes.domain.prompting.completion import CompletionKind
from vibes.domain.prompting.history import PastPrompt
from vibes.domain.prompting.style import PLACE, Style, StyleKind
from vibes.services.prompting.styles import StyleContent

MAX_STYLE_NAME = 100
MAX_STYLE_TEXT = 8_192
MAX_ENTRY = 2_000
MOST_ENTRIES = 20_000

StyleText = Annotated[str, Field(max_length=MAX_STYLE_TEXT)]


class StyleBody(RequestBody):
    """A style or a character, whole."""

    name: Annotated[NonBlank, Field(max_length=MAX_STYLE_NAME)] = Field(
        description="Unique, in whatever letter case.", examples=["Film noir"]
    )
    kind: StyleKind = StyleKind.STYLE
    text: StyleText = Field(
        "", description=f"`{PLACE}` stands for the prompt; without it, it is put behind the prompt."
    )
    negative_prompt: StyleText = ""
    loras: Annotated[list[LoraIn], at_most(MAX_LORAS)] = Field(default_factory=list, max_length=MAX_LORAS)
    checkpoint: NonBlank | None = Field(None, description="Used where the request names none.")
    thumbnail_id: Word | None = Field(None, description="A generation whose picture shows it.")

    def content(self) -> StyleContent:
        return StyleContent(
            name=self.name.strip(),
            kind=self.kind,
            text=self.text,
            negative_prompt=self.negative_prompt,
            loras=tuple(lora_spec(lora) for lora in self.loras),
            checkpoint=self.checkpoint,
            thumbnail=GenerationId(self.thumbnail_id) if self.thumbnail_id else None,
        )


class StyleOut(ResponseBody):
    id: str
    name: str
    kind: StyleKind
    text: str
    negative_prompt: str
    loras: list[LoraOut]
    checkpoint: str | None
    thumbnail_id: str | None
    thumbnail_url: str | None = Field(description="Null also when that picture is gone.")
    version: int = Field(description="Its ETag.")
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, style: Style, shown: Generation | None) -> "StyleOut":
        return cls(
            id=style.id,
            name=style.name,
            kind=style.kind,
            text=style.text,
            negative_prompt=style.negative_prompt,
            loras=[
                LoraOut(name=each.name, strength_model=each.strength_model, strength_clip=each.strength_clip)
                for each in style.loras
            ],
            checkpoint=style.checkpoint,
            thumbnail_id=style.thumbnail,
            thumbnail_url=thumbnail_url(shown.session_id, shown.id) if shown and shown.image else None,
            version=style.version,
            created_at=style.created_at,
            updated_at=style.updated_at,
        )


class StyleList(ResponseBody):
    styles: list[StyleOut] = Field(description="By name.")


class WildcardBody(RequestBody):
    entries: Annotated[list[Annotated[str, Field(max_length=MAX_ENTRY)]], at_most(MOST_ENTRIES)] = Field(
        max_length=MOST_ENTRIES,
        description="One may begin with its weight, as `3::red fox`, and hold choices and other lists itself. Empty "
        "ones and those that begin with # are left out.",
        examples=[["red fox", "2::owl"]],
    )


class WildcardSummary(ResponseBody):
    name: str = Field(description="Written `__name__` in a prompt.")
    count: int
    sample: list[str] = Field(description="The first few entries.")


class WildcardSummaries(ResponseBody):
    wildcards: list[WildcardSummary] = Field(description="By name; also those put into the folder by hand.")


class WildcardOut(ResponseBody):
    name: str
    entries: list[str]
    tag: str = Field(description="Its ETag.")


class PastPromptOut(ResponseBody):
    prompt: str = Field(description="As it was written, before styles and wildcards.")
    negative_prompt: str
    styles: list[str] = Field(description="Names of the styles and characters that were laid over it.")
    model_family: str
    used_at: Timestamp = Field(description="When it was used last.")
    uses: int = Field(description="Batches that were drawn from it.")
    session_id: str
    generation_id: str | None = Field(description="A picture that was drawn from it; null while there is none.")
    thumbnail_url: str | None

    @classmethod
    def of(cls, past: PastPrompt) -> "PastPromptOut":
        return cls(
            prompt=past.prompt,
            negative_prompt=past.negative_prompt,
            styles=list(past.styles),
            model_family=past.model_family,
            used_at=past.used_at,
            uses=past.uses,
            session_id=past.session_id,
            generation_id=past.shown,
            thumbnail_url=thumbnail_url(past.session_id, past.shown) if past.shown else None,
        )


class PastPrompts(ResponseBody):
    prompts: list[PastPromptOut] = Field(description="Newest first, each once.")


class CompletionOut(ResponseBody):
    kind: CompletionKind
    text: str = Field(description="As it is shown.")
    insert: str = Field(
        description="What replaces the fragment; of a style, a character or a LoRA its name, which belongs into the "
        "request's `styles` or `loras` and not into the prompt."
    )
    hint: str


class Completions(ResponseBody):
    fragment: str = Field(description="The end of the text that is replaced; empty where nothing is proposed.")
    completions: list[CompletionOut]
