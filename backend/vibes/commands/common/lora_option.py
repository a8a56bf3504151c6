"""LoRAs as options name them."""

import re

from vibes.client import Lora

_STRENGTH = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*", re.ASCII)


def lora_of(text: str) -> Lora:
    """``NAME:STRENGTH`` if a number follows the last colon, else the whole text is the name."""
    name, separator, strength = text.rpartition(":")
    if separator and name and _STRENGTH.fullmatch(strength):
        return Lora(name, float(strength))
    return Lora(text)
