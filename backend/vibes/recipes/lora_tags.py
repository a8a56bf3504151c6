"""``<lora:name:0.8>`` in a prompt, by which A1111 and its successors apply a LoRA."""

import re
from collections.abc import Iterator
from itertools import islice

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.members import name_of, number_of
from vibes.recipes.recipe import RecipeFile

_TAG = re.compile(r"[ \t]?<(?:lora|lyco):([^<>:]{1,300})(?::([^<>]{0,200}))?>", re.IGNORECASE)

_MOST = 100
"""LoRAs that are told of one prompt."""


def without_tags(prompt: str) -> tuple[str, tuple[RecipeFile, ...]]:
    """The prompt without them, and the LoRAs that they name."""
    return _TAG.sub("", prompt).strip(), tuple(_named(prompt))


def _named(prompt: str) -> Iterator[RecipeFile]:
    for tag in islice(_TAG.finditer(prompt), _MOST):
        name = name_of(tag[1])
        strength = number_of((tag[2] or "").partition(":")[0].partition("=")[2] or (tag[2] or "").partition(":")[0])
        if name is not None:
            yield RecipeFile(FileKind.LORA, name, strength=1.0 if strength is None else strength)
