"""Machines that were found."""

from typing import Any

from vibes.domain.nodes.introduction import Introduction
from vibes.domain.nodes.machines import FoundMachine, Place

GIB = 2**30


def found(
    host: str = "192.168.0.21",
    port: int = 8188,
    *,
    device: str = "cuda:0 NVIDIA GeForce RTX 3060 : native",
    gb: float = 12,
    **given: Any,
) -> FoundMachine:
    said = Introduction(
        version="0.33.0", device_name=device, vram_total_bytes=int(gb * GIB), simulated="(simulated)" in device, **given
    )
    return FoundMachine(Place(host, port), said)
