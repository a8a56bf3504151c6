"""What can be guessed of a machine from its card: name, tier, what it may be given. Pure.

A tier is a rank among one's own cards, which only their owner knows; the guess is a beginning that is told as one.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from vibes.domain.nodes.introduction import Introduction
from vibes.domain.nodes.machines import FoundMachine
from vibes.domain.nodes.node import Tier
from vibes.text.plain_text import shortened

_GIB = 2**30
_LONGEST_NAME = 60
_GEFORCE = re.compile(r"RTX (\d\d)(\d)0(?: ?(Ti|SUPER))?\b", re.IGNORECASE)
_SERIES = {"20": -20, "30": -10, "40": 0, "50": 5}
"""What a generation is worth against the classes of the next one: an RTX 3070 draws about as fast as a 4060."""
_TIERS = ((70, Tier.PREMIUM), (58, Tier.QUALITY), (48, Tier.STANDARD))
"""From which score on; calibrated on the example of config/gpus.yaml."""
_BY_MEMORY = ((24, Tier.PREMIUM), (12, Tier.QUALITY), (8, Tier.STANDARD))
"""For cards whose name tells nothing here, in GB."""
_ALWAYS = ("sd15",)
_FROM_6_GB = ("sdxl", "pony", "illustrious", "upscale")
_FROM_16_GB = ("flux", "flux_fp8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An entry of gpus.yaml."""

    id: str
    name: str
    vram_gb: int
    tier: Tier
    why: str
    """Of the tier, for people."""
    capabilities: tuple[str, ...]
    max_resolution: int
    max_batch: int


def guess_of(found: FoundMachine, taken: Collection[str]) -> Guess:
    """``taken``: ids that other nodes have."""
    said = found.introduction
    name = card_name(said.device_name)
    gb = 0 if _no_card(said) else round(said.vram_total_bytes / _GIB)
    tier, why = _tier(said, name, gb)
    return Guess(
        id=_free_id(name, taken),
        name=name,
        vram_gb=gb,
        tier=tier,
        why=why,
        capabilities=_capabilities(gb),
        max_resolution=next((size for least, size in ((24, 2048), (16, 1536), (6, 1024)) if gb >= least), 512),
        max_batch=next((count for least, count in ((12, 4), (6, 2)) if gb >= least), 1),
    )


def card_name(device: str) -> str:
    """``RTX 3060`` of ``cuda:0 NVIDIA GeForce RTX 3060 : cudaMallocAsync``, as ComfyUI says it."""
    name = re.sub(r"^(cuda|xpu|npu|mlu|privateuseone):\d+\s+", "", _printable(device))
    name = re.sub(r"\s+: \w+$", "", name)
    name = re.sub(r"^(NVIDIA|AMD|Intel\(R\))\s+", "", name)
    name = re.sub(r"^GeForce\s+", "", name).strip()
    return shortened({"": "ComfyUI", "cpu": "CPU", "mps": "Apple GPU"}.get(name, name), _LONGEST_NAME)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()


def _no_card(said: Introduction) -> bool:
    """Without a card ComfyUI tells the memory of the machine instead."""
    return said.device_name.strip().lower() in {"cpu", ""}


def _tier(said: Introduction, name: str, gb: int) -> tuple[Tier, str]:
    if _no_card(said):
        return Tier.DRAFT, "it has no card"
    known = _GEFORCE.search(name)
    if known is None or known[1] not in _SERIES:
        return next((tier for least, tier in _BY_MEMORY if gb >= least), Tier.DRAFT), f"by its {gb} GB"
    score = 10 * int(known[2]) + _SERIES[known[1]] + (5 if known[3] else 0)
    tier = next((tier for least, tier in _TIERS if score >= least), Tier.DRAFT)
    return tier, "by the name of its card"


def _capabilities(gb: int) -> tuple[str, ...]:
    return (*_ALWAYS, *(_FROM_6_GB if gb >= 6 else ()), *(_FROM_16_GB if gb >= 16 else ()))  # noqa: PLR2004 - named so


def _free_id(name: str, taken: Collection[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold().replace("(simulated)", "")).strip("-")[:40] or "node"
    number, free = 1, plain
    while free in taken:
        number += 1
        free = f"{plain}-{number}"
    return free
