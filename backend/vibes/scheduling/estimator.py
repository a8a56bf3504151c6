"""How long a piece of work takes on a node, learnt from what it took before."""

from dataclasses import dataclass

from vibes.domain.ids import NodeId
from vibes.domain.node import Tier
from vibes.domain.spec import Operation
from vibes.scheduling.snapshot import NodeView, Work

SMOOTHING = 0.3
"""Weight of the newest sample in the moving average (scheduling research §1.5)."""

PRIOR_SECONDS_PER_STEP_MEGAPIXEL = {
    Tier.DRAFT: 0.57,
    Tier.STANDARD: 0.38,
    Tier.QUALITY: 0.32,
    Tier.PREMIUM: 0.24,
}
"""Before the first measurement: the seed's table, SD1.5 at 512² in 10 steps and SDXL at 1024² in 25 to 50."""

PRIOR_FAMILY_FACTOR = {"flux": 1.6, "qwen-image": 2.5}
"""Families that are slower than SD1.5 and SDXL per step and megapixel; Flux by the seed's 8 s for 20 steps."""

PRIOR_UPSCALE_SECONDS_PER_MEGAPIXEL = 1.9
"""The seed's ESRGAN row: 2 s for 1024² on the premium card."""

MIN_STEP_MEGAPIXELS = 0.01


@dataclass(frozen=True, slots=True)
class Speed:
    """A measured speed: ``samples`` is the confidence, 0 means that it is only a guess from the tier."""

    seconds_per_step_megapixel: float
    samples: int


@dataclass(frozen=True, slots=True)
class _Key:
    node_id: NodeId
    family: str
    operation: Operation


class Estimator:
    """Moving averages per node, family and operation. Knows nothing of time: it is told what took how long."""

    def __init__(self) -> None:
        self._speeds: dict[_Key, Speed] = {}

    def observe(self, node_id: NodeId, work: Work, seconds: float, *, warm: bool) -> None:
        """Learn from a finished attempt. A cold one (its checkpoint had to be loaded) says nothing about speed."""
        if not warm or seconds <= 0:
            return
        key = _Key(node_id, work.spec.model_family, work.spec.operation)
        sample = seconds / max(work.step_megapixels, MIN_STEP_MEGAPIXELS)
        known = self._speeds.get(key)
        if known is None:
            self._speeds[key] = Speed(sample, 1)
        else:
            average = known.seconds_per_step_megapixel * (1 - SMOOTHING) + sample * SMOOTHING
            self._speeds[key] = Speed(average, known.samples + 1)

    def speed(self, node: NodeView, work: Work) -> Speed:
        known = self._speeds.get(_Key(node.id, work.spec.model_family, work.spec.operation))
        if known is not None:
            return known
        if work.spec.operation is Operation.UPSCALE:
            ratio = PRIOR_SECONDS_PER_STEP_MEGAPIXEL[node.config.tier] / PRIOR_SECONDS_PER_STEP_MEGAPIXEL[Tier.PREMIUM]
            return Speed(PRIOR_UPSCALE_SECONDS_PER_MEGAPIXEL * ratio, 0)
        factor = PRIOR_FAMILY_FACTOR.get(work.spec.model_family, 1.0)
        return Speed(PRIOR_SECONDS_PER_STEP_MEGAPIXEL[node.config.tier] * factor, 0)

    def seconds(self, node: NodeView, work: Work) -> float:
        """Seconds of work on a warm node."""
        return self.speed(node, work).seconds_per_step_megapixel * max(work.step_megapixels, MIN_STEP_MEGAPIXELS)

    def measured(self, node_id: NodeId) -> dict[str, Speed]:
        """The node's measured speed per family, the most often used operation of each."""
        best: dict[str, Speed] = {}
        for key, speed in self._speeds.items():
            if key.node_id == node_id and speed.samples > best.get(key.family, Speed(0, 0)).samples:
                best[key.family] = speed
        return best
