"""What a model family understands of a prompt: weights, negatives, tags or sentences, and how much of it."""

from dataclasses import dataclass
from enum import StrEnum


class Weights(StrEnum):
    SYNTAX = "syntax"
    """ComfyUI's ``(text:1.2)``; parentheses that are meant are escaped."""
    WORDS = "words"
    """The text encoder takes parentheses literally: order and adverbs say what counts."""


@dataclass(frozen=True, slots=True)
class FamilyStyle:
    weights: Weights
    negative: bool
    """A negative prompt has an effect with the family's usual guidance."""
    sentences: bool
    """It was trained on descriptions; others on tags."""
    tokens: int
    """More than these are cut off or lose their effect. CLIP encodes 75 at a time, and ComfyUI joins such chunks, of
    which later ones count for little: three. T5 and the Qwen encoders read 512."""


TAGS = FamilyStyle(Weights.SYNTAX, negative=True, sentences=False, tokens=225)
_WITHOUT_NEGATIVE = FamilyStyle(Weights.SYNTAX, negative=False, sentences=False, tokens=225)
SENTENCES = FamilyStyle(Weights.WORDS, negative=False, sentences=True, tokens=512)

_STYLES = {
    "sd15": TAGS,
    "sd2": TAGS,
    "sdxl": TAGS,
    "pony": TAGS,
    "illustrious": TAGS,
    "noobai": TAGS,
    # With guidance 1, a negative is not computed at all.
    "sdxl-lightning": _WITHOUT_NEGATIVE,
    "sdxl-turbo": _WITHOUT_NEGATIVE,
    "sdxl-hyper": _WITHOUT_NEGATIVE,
    # ComfyUI's tokenizers of Flux parse weights, and turn them down to little.
    "flux": FamilyStyle(Weights.SYNTAX, negative=False, sentences=True, tokens=512),
    "sd3": FamilyStyle(Weights.SYNTAX, negative=True, sentences=True, tokens=256),
    # Their tokenizers have weights switched off: parentheses would be drawn as such.
    "qwen-image": FamilyStyle(Weights.WORDS, negative=True, sentences=True, tokens=512),
    "z-image": SENTENCES,
    # Hosted models take plain text.
    "fal": SENTENCES,
    "openai": SENTENCES,
}


def style_of(family: str) -> FamilyStyle:
    """Of an unknown family: sentences without weights, which every model takes."""
    return _STYLES.get(family.strip().lower(), SENTENCES)
