"""Who holds the memory of a card: its ComfyUI, or another program such as a game. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vibes.domain.reason import Reason, ReasonCode

GIGABYTE = 1024**3
USUAL_BYTES, USUAL_PART = 1.5 * GIGABYTE, 0.15
"""Most bytes, and part of the card, that desktop, driver and ComfyUI's own context are thought to take beside its
models; measured is 0.4 to 1.3 GB. The larger of both, and the least that was seen where that is less."""
BAND_BYTES, BAND_PART = 0.5 * GIGABYTE, 0.03
"""Changes below the larger of these are none, so that nothing swings with a browser's windows."""
NEEDED: Mapping[str, float] = {
    "sd15": 2.5,
    "upscale": 1.5,
    **dict.fromkeys(("sdxl", "pony", "illustrious"), 6.0),
    **dict.fromkeys(("flux", "flux_fp8", "z-image"), 10.0),
    **dict.fromkeys(("qwen-image", "flux2"), 13.0),
}
"""Gigabytes with which ComfyUI draws each family without moving weights about; what else is asked for needs none."""
MOST_NEEDED_PART = 0.75
"""Part of what a card usually has free that work needs at most: on a small card ComfyUI keeps the rest elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMemory:
    """As a node told it, in bytes."""

    total: int
    free: int
    """Of the card, with what torch has reserved and not used."""
    torch_total: int
    """Reserved by torch."""
    torch_free: int
    """Of that, not used."""
    all_told: bool
    """Whether all models that ComfyUI has loaded are in torch's figures. With dynamic VRAM they are not, and would look
    like another program's."""

    @property
    def unexplained(self) -> int | None:
        """Held by anything but torch; None where the figures make no sense together."""
        held = self.total - self.free - (self.torch_total - self.torch_free)
        sane = 0 <= self.torch_free <= self.torch_total <= self.total and 0 <= self.free <= self.total
        return max(held, 0) if sane and self.total > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersMemory:
    """What other programs hold of a card, as far as it is sure."""

    total: int = 0
    usual: int = 0
    """What is always held beside ComfyUI's models."""
    held: int = 0
    """By other programs; changes only when two looks in a row say so."""
    seen: int | None = None
    guess: int = 0
    doubted: bool = False
    """The latest look said otherwise."""

    def after(self, memory: CardMemory | None, *, idle: bool) -> "OthersMemory":
        """What is known after another look. ``idle``: nothing was drawn on the node since the one before.

        Where not all of ComfyUI's own is told, only what grows while it idles is another program's.
        """
        unexplained = None if memory is None else memory.unexplained
        if memory is None or unexplained is None:
            return NOBODYS
        usual = int(max(USUAL_BYTES, USUAL_PART * memory.total))
        usual = min(usual, unexplained) if self.seen is None else min(self.usual, unexplained)
        guess = self._guess(memory, unexplained, usual, idle=idle)
        looked = replace(self, total=memory.total, usual=usual, seen=unexplained, guess=guess)
        band = max(BAND_BYTES, BAND_PART * memory.total)
        if abs(guess - self.held) < band and not (guess == 0 and self.held):
            return replace(looked, doubted=False)
        if not self.doubted or (self.guess > self.held) != (guess > self.held):
            return replace(looked, doubted=True)
        surely = min(guess, self.guess) if guess > self.held else max(guess, self.guess)
        return replace(looked, held=surely if surely >= band else 0, doubted=False)

    def _guess(self, memory: CardMemory, unexplained: int, usual: int, *, idle: bool) -> int:
        beyond = max(unexplained - usual, 0)
        if memory.all_told:
            return beyond
        if self.seen is None:
            return 0
        return min(max(self.guess + unexplained - self.seen, 0) if idle else self.guess, beyond)


NOBODYS = OthersMemory()


def memory_reason(others: OthersMemory) -> Reason:
    held = f"{others.held / GIGABYTE:.1f} GB"
    return Reason(ReasonCode.MEMORY_TAKEN, f"has {held} of its memory held by another program")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNeeds:
    """What work needs of a card, in gigabytes by family or operation, where an entry of ``gpus.yaml`` says it."""

    declared: Mapping[str, float] = field(default_factory=dict)

    def lacks(self, others: OthersMemory, *names: str) -> bool:
        """Whether others hold so much that too little is left for work of these names."""
        if not others.held:
            return False
        usually = others.total - others.usual
        needed = max((self._needed(name, usually) for name in names), default=0.0)
        return usually - others.held < needed

    def _needed(self, name: str, usually: int) -> float:
        if name in self.declared:
            return self.declared[name] * GIGABYTE
        return min(NEEDED.get(name, 0.0) * GIGABYTE, MOST_NEEDED_PART * usually)


KNOWN_NEEDS = MemoryNeeds()
