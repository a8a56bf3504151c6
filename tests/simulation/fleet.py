"""The machines of a story, as gpus.yaml lists them."""

from collections.abc import Collection

NAMES = ("large", "middle", "small")
"""The first two share an output folder, as two cards of one checkout do."""

CLOUDS = ("cloud", "burst", "rented")
"""What costs money, in stories that have any: by the picture, the same for what would be late, and by the hour."""
PRICES = {"cloud": 20_000, "burst": 30_000}
"""Micro-dollars a picture."""
DAILY = {"cloud": 160_000, "burst": 90_000, "rented": 50_000}
PER_BATCH = {"cloud": 60_000}

_LINE = """  - {{id: {name}, name: {name}, enabled: {enabled}, vram_gb: 8, tier: {tier}, host: 10.1.1.{number},
     port: 8188, capabilities: [{capabilities}], max_resolution: 1024, max_batch: 1{money}}}
"""
_MONEY = {
    "cloud": ", cost: {per_image_usd: 0.02}, budget: {daily_usd: 0.16, per_batch_usd: 0.06}",
    "burst": ", cost: {per_image_usd: $0.03}, budget: {daily_usd: 0.09}, use: overflow, overflow_after_seconds: 10",
    "rented": ", cost: {per_hour_usd: 0.36}, budget: {daily_usd: 0.05}",
}
_TIERS = {"large": "premium", "middle": "standard", "small": "draft"} | dict.fromkeys(CLOUDS, "premium")
_ALL = "sd15, sdxl, upscale"
_CAPABILITIES = {"large": _ALL, "middle": _ALL, "small": "sd15"} | dict.fromkeys(CLOUDS, _ALL)


GENERATOR = "house"
"""Draws in the hub's own process, in one of so many stories."""
GENERATOR_EVERY = 5
_GENERATOR = """  - {{id: house, name: house, enabled: {enabled}, kind: mock, vram_gb: 8, tier: standard,
     capabilities: [sd15, sdxl], max_resolution: 1024, max_batch: 1}}
"""


def has_generator(seed: int) -> bool:
    return seed > 0 and seed % GENERATOR_EVERY == 0


OWNED = "middle"
"""A machine that belongs to somebody in some stories, at the times of `OWNERS_MINUTES` of the first day, a Sunday."""
OWNERS_MINUTES = ((1, 2), (3, 4), (120, 124))
HOURS = tuple(
    f", when_needed: {when_needed}, grace_seconds: 4, timezone: UTC, owner_hours: "
    "['Sun 00:01-00:02', 'Sun 00:03-00:04', 'Sun 02:00-02:04']"
    for when_needed in ("finish", "move", "now")
)


def fleet_text(names: Collection[str], disabled: str = "", hours: str = "") -> str:
    """``hours``: what is said of the machine that belongs to somebody."""
    lines = (_line(name, enabled=str(name != disabled).lower(), more=hours if name == OWNED else "") for name in names)
    return "nodes:\n" + "".join(lines)


def _line(name: str, *, enabled: str, more: str) -> str:
    if name == GENERATOR:
        return _GENERATOR.format(enabled=enabled)
    return _LINE.format(
        name=name,
        tier=_TIERS[name],
        capabilities=_CAPABILITIES[name],
        number=(*NAMES, *CLOUDS).index(name) + 1,
        money=_MONEY.get(name, "") + more,
        enabled=enabled,
    )
