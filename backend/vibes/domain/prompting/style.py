"""A style or a character: wording, LoRAs and a checkpoint that are laid over whatever is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.ids import GenerationId, OwnerId, StyleId
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import LoraSpec

PLACE = "{prompt}"
"""Stands in a style's text for the prompt."""

MOST_APPLIED = 10
"""Styles of one request."""
MAX_CHARACTERS = 65_536
"""Of a prompt with its styles; no text encoder reads a tenth of that."""


class StyleKind(StrEnum):
    STYLE = "style"
    """How pictures look."""
    CHARACTER = "character"
    """Who is in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    id: StyleId
    name: str = ""
    """Unique for its owner, in whatever letter case."""
    kind: StyleKind = StyleKind.STYLE
    text: str = ""
    """With `PLACE` for the prompt; without it, it is put behind the prompt."""
    negative_prompt: str = ""
    loras: tuple[LoraSpec, ...] = ()
    checkpoint: str | None = None
    """None: whichever is asked for."""
    thumbnail: GenerationId | None = None
    """The picture that shows what it does."""
    version: int = 1
    created_at: datetime
    updated_at: datetime
    owner: OwnerId | None = None
    """None: everybody's."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is drawn and what is kept out."""

    prompt: str
    negative_prompt: str


def with_files(request: GenerationRequest, styles: Sequence[Style]) -> GenerationRequest:
    """The request with the LoRAs of the styles behind its own, and the first checkpoint that one names; what the
    request names itself stays as it is."""
    names = {lora.name for lora in request.loras}
    loras = list(request.loras)
    for lora in (each for style in styles for each in style.loras):
        if lora.name not in names:
            names.add(lora.name)
            loras.append(lora)
    checkpoint = next((style.checkpoint for style in styles if style.checkpoint), None)
    values = request.values
    if checkpoint is not None and "checkpoint" not in values:
        values = {**values, "checkpoint": checkpoint}
    return replace(request, loras=tuple(loras), values=values)


def with_texts(texts: Texts, styles: Sequence[Style]) -> Texts:
    """Characters first, so that a style may put all of it into its own words. Raises InvalidRequest for a prompt of
    more than `MAX_CHARACTERS`: styles that each repeat it hundreds of times would fill the memory."""
    ordered = sorted(styles, key=lambda style: style.kind is StyleKind.STYLE)
    prompt, negative = texts.prompt, texts.negative_prompt
    for style in ordered:
        if len(style.text) + style.text.count(PLACE) * len(prompt) > MAX_CHARACTERS:
            message = f"with the style {style.name!r} the prompt is longer than {MAX_CHARACTERS:,} characters"
            raise InvalidRequest(message, code="prompt_too_long", problems=[Problem("styles", message)])
        prompt = style.text.replace(PLACE, prompt) if PLACE in style.text else _joined(prompt, style.text)
        negative = _joined(negative, style.negative_prompt)
    return Texts(prompt, negative)


def _joined(text: str, more: str) -> str:
    return ", ".join(part for part in (text.strip().rstrip(","), more.strip()) if part) if more.strip() else text
