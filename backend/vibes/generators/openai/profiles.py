"""Servers that speak as OpenAI does differ in what they take besides a prompt: one profile for each kind of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from vibes.generators.offers import SizeRule

_NONE: Mapping[str, str] = MappingProxyType({})

SMALLER_SIDES = SizeRule(only=((1024, 1024), (1536, 1024), (1024, 1536)))
"""Of the models named gpt-image-1…, and of any that is not known."""
FREE_SIDES = SizeRule(multiple_of=16, most_side=3840, least_pixels=655_360, most_pixels=3840 * 2160, most_ratio=3.0)
"""From gpt-image-2 on: https://developers.openai.com/api/docs/guides/image-generation."""
LATENT_SIDES = SizeRule(multiple_of=8)
"""Of models that draw in latents of an eighth of the size."""

_FREE_FROM = "gpt-image-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a server takes."""

    fields: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """By our parameter, the field of its request."""
    options: frozenset[str] = frozenset()
    """OpenAI's own fields that are sent when settings say so."""
    always: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    """Fields that every request has."""
    streams: bool = False
    """Whether partial images can come before the picture."""
    edits: bool = True
    """Whether a picture to start from goes to ``/images/edits`` as a form; else as base64 in the field ``file``."""
    masks: bool = False
    joined_negative: bool = False
    """The negative prompt stands behind the prompt, after a ``|``."""
    sizes: SizeRule | None = None
    """None: those of the model."""


_AS_BASE64 = MappingProxyType[str, str | int]({"response_format": "b64_json", "n": 1})

PROFILES: Mapping[str, Profile] = {
    "openai": Profile(
        options=frozenset(
            {"quality", "background", "output_format", "output_compression", "moderation", "input_fidelity"}
        ),
        streams=True,
        masks=True,
    ),
    "compatible": Profile(always=_AS_BASE64, sizes=LATENT_SIDES),
    "localai": Profile(
        fields={"steps": "step", "seed": "seed"},
        always=_AS_BASE64,
        edits=False,
        joined_negative=True,
        sizes=LATENT_SIDES,
    ),
    "vllm-omni": Profile(
        fields={
            "steps": "num_inference_steps",
            "guidance_scale": "guidance_scale",
            "seed": "seed",
            "negative_prompt": "negative_prompt",
        },
        always=_AS_BASE64,
        sizes=LATENT_SIDES,
    ),
}
"""By the name in settings."""


def sizes_of_model(name: str) -> SizeRule:
    """OpenAI's, by the generation in a model's name: ``gpt-image-2.5-flare`` is of the second."""
    generation = (
        name.removeprefix(_FREE_FROM).partition("-")[0].partition(".")[0] if name.startswith(_FREE_FROM) else ""
    )
    return FREE_SIDES if generation.isdecimal() and int(generation) > 1 else SMALLER_SIDES
