"""What names of inputs, outputs and classes say, for graph nodes whose classes nobody knows."""

import re
from functools import lru_cache

PROMPT = "prompt"
NEGATIVE = "negative_prompt"

_POSITIVE_WORDS = frozenset({"positive", "pos"})
_NEGATIVE_WORDS = frozenset({"negative", "neg", "uncond", "unconditional", "unconditioning"})
_EMBEDS_WORDS = frozenset({"embeds", "embeddings"})
_CONDITIONING_WORDS = frozenset({"cond", "conds", "conditioning", "conditionings", *_EMBEDS_WORDS})
_NO_CONDITIONING_WORDS = frozenset({"image", "images", "clip", "vision", "audio", "video", "face", "pose", "ref"})
"""What is not made of a text, whatever it conditions."""
_PIPE_WORDS = frozenset({"pipe", "ctx", "context", "bundle", "bus", "tuple"})
_TEXT_WORDS = frozenset(
    {
        *("text", "texts", "prompt", "prompts", "string", "strings", "str", "positive", "pos", "negative", "neg"),
        *("value", "line", "append", "prepend", "prefix", "suffix", "subject", "caption", "input", "wildcard", "any"),
        *("anything", "source", "segment", "tags", "content", "words", "body", "part", "llama", "bert"),
        *("main", "idea", "scene", "dynamic", "multiline", "mt", "txt", "phrase", "sentence", "concept", "default"),
    }
)
_TEXT_NAMES = frozenset({"t5xxl", "clip_l", "clip_g", "text_g", "text_l", "mt5xl", "t5", "a", "b", "c"})
_NO_TEXT_WORDS = frozenset(
    {
        *(
            "delimiter",
            "separator",
            "sep",
            "joiner",
            "find",
            "old",
            "new",
            "replace",
            "replacement",
            "pattern",
            "regex",
        ),
        *("mode", "action", "populated", "tidy", "system", "instruction", "instructions", "font", "file", "filename"),
        *("path", "url", "key", "api", "language", "format", "type", "name", "seed", "model", "encoding", "clean"),
        *(
            "control",
            "strip",
            "exclude",
            "blacklist",
            "output",
            "preview",
            "shown",
            "result",
            "response",
            "generated",
            "cached",
        ),
        *("last", "select", "selected", "color", "colour", "align", "role", "token", "normalization", "weight"),
        *("interpretation", "image", "images", "mask", "schema", "json", "date", "time", "template"),
    }
)
_HEAVY_WORDS = frozenset(
    {
        *("model", "clip", "vae", "image", "images", "pixels", "samples", "latent", "latents", "mask", "masks", "net"),
        *("upscale", "vision", "ipadapter", "sigmas", "sampler", "guider", "noise", "audio", "video", "instantid"),
        *("insightface", "lora", "loras", "unet", "controlnet", "detector", "sam", "segs", "hooks", "gligen"),
    }
)
"""Words for what is neither a text nor a number nor a conditioning."""


@lru_cache(maxsize=32_768)
def words_of(name: str) -> tuple[str, ...]:
    """``positive_NEW`` and ``textPositive2``: their words in small letters, without numbers at their ends."""
    parts = re.split(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])", name[:200])
    return tuple(word for part in parts if (word := part.lower().rstrip("0123456789")))


def says(name: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(words_of(name))


def side_of(name: str) -> str | None:
    """The prompt or the negative prompt, as a name says it; None where it says neither."""
    if says(name, _NEGATIVE_WORDS):
        return NEGATIVE
    return PROMPT if says(name, _POSITIVE_WORDS) else None


def names_conditioning(name: str) -> bool:
    """``empty_conditioning`` is none: a guider takes it beside the two that people mean; nor are ``image_embeds``."""
    said = says(name, _CONDITIONING_WORDS) and not says(name, _NO_CONDITIONING_WORDS)
    return "empty" not in words_of(name) and (side_of(name) is not None or said)


def names_embeds(name: str) -> bool:
    """Both prompts in one, as samplers of some packs take them."""
    return says(name, _EMBEDS_WORDS) and names_conditioning(name) and side_of(name) is None


def names_pipe(name: str) -> bool:
    """Several things in one link, as some packs bundle them."""
    return says(name, _PIPE_WORDS)


def names_text(name: str) -> bool:
    """Whether an input of this name may hold what a person writes; a delimiter or a file is none."""
    return (name in _TEXT_NAMES or says(name, _TEXT_WORDS)) and not names_no_text(name)


def names_no_text(name: str) -> bool:
    return says(name, _NO_TEXT_WORDS)


def names_heavy(name: str) -> bool:
    return says(name, _HEAVY_WORDS)


def number_at_end(name: str) -> int | None:
    """The number of ``lora_name_2``, ``lora_2_name`` and ``input2``; None without one."""
    found = re.search(r"(\d+)(?=\D*$)", name)
    return int(found[1][:6]) if found else None
