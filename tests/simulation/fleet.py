"""The machines of a story, as gpus.yaml lists them."""

from collections.abc import Collection

NAMES = ("large", "middle", "small")
"""The first two share an output folder, as two cards of one checkout do."""

_LINE = """  - {{id: {name}, name: {name}, enabled: {enabled}, vram_gb: 8, tier: {tier}, host: 10.1.1.{number},
     port: 8188, capabilities: [{capabilities}], max_resolution: 1024, max_batch: 1}}
"""
_TIERS = {"large": "premium", "middle": "standard", "small": "draft"}
_CAPABILITIES = {"large": "sd15, sdxl, upscale", "middle": "sd15, sdxl, upscale", "small": "sd15"}


def fleet_text(names: Collection[str], disabled: str = "") -> str:
    lines = (
        _LINE.format(
            name=name,
            tier=_TIERS[name],
            capabilities=_CAPABILITIES[name],
            number=NAMES.index(name) + 1,
            enabled=str(name != disabled).lower(),
        )
        for name in names
    )
    return "nodes:\n" + "".join(lines)
