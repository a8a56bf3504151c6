"""How long work takes on a node, learnt from earlier runs."""

from collections import deque
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import TypeVar

from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import Tier
from vibes.domain.pictures.spec import Operation
from vibes.scheduling.robust_average import RobustAverage
from vibes.scheduling.snapshot import NodeView, Work

PRIOR_SECONDS_PER_STEP_MEGAPIXEL = {
    Tier.DRAFT: 0.57,
    Tier.STANDARD: 0.38,
    Tier.QUALITY: 0.32,
    Tier.PREMIUM: 0.24,
}
"""Seconds for one sampler step of one megapixel, until the node was measured: what SD1.5 at 512² in 10 steps and SDXL
at 1024² in 25 to 50 steps took on one card of each tier (RTX 3050 Ti, 3060, 4060 Ti and 5060 Ti)."""

PRIOR_FAMILY_FACTOR = {"flux": 1.6, "qwen-image": 2.5}
"""How many times slower than SD1.5 and SDXL a family is per step and megapixel; Flux takes 8 s for 20 steps at 1024² on
a premium card."""

PRIOR_UPSCALE_SECONDS_PER_MEGAPIXEL = 1.9
"""Enlarging four times with ESRGAN: 2 s for 1024² on a premium card."""

PRIOR_LOAD_SECONDS = {"sd15": 3.0, "flux": 20.0, "qwen-image": 20.0}
PRIOR_LOAD_SECONDS_OF_OTHERS = 8.0
"""Seconds to read a checkpoint from a local SSD: 2 GB of SD1.5, 7 GB of SDXL and its relatives, 12 to 20 GB of large
ones."""

FOREIGN_PROMPT_STEP_MEGAPIXELS = 21.0
"""Assumed size of another client's prompt, whose graph is not known: SDXL, 1024², 20 steps."""

MIN_STEP_MEGAPIXELS = 0.01
LEAST_SAMPLE = 1e-6
"""Seconds. Shorter samples count as this, so that averages can be divided by."""
CONFIDENT_SAMPLES = 3
"""With fewer samples than this an estimate never keeps a free node waiting: it may be far off."""
UNPROVEN_SPREAD = 0.5
"""Assumed error of a guess, as a part of it: tiers are coarse."""
LEAST_SPREAD = 0.05
"""Least assumed error of an estimate, as a part of it, however alike the samples were."""
REMEMBERED_LOADS = 5
CLEARLY_SLOWER = 0.5
"""A run longer than its warm time by this part of it shows that the node had to load, when that was unknown."""


@dataclass(frozen=True, slots=True)
class Speed:
    """A measured speed. ``samples``: how many it rests on; 0 means that it is a guess from the tier."""

    seconds_per_step_megapixel: float
    samples: int


@dataclass(frozen=True, slots=True)
class ColdRun:
    """A run that had to load its checkpoint, or may have had to (``certain`` is False)."""

    work: Work
    seconds: float
    certain: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """One average as a value."""

    value: float
    samples: int
    kept: tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that an estimator has learnt, as a value that can be stored."""

    speeds: tuple[tuple[NodeId, str, Operation, Remembered], ...] = ()
    overheads: tuple[tuple[NodeId, Remembered], ...] = ()
    cold_runs: tuple[tuple[NodeId, str, tuple[ColdRun, ...]], ...] = ()


_SpeedKey = tuple[NodeId, str, Operation]
_Key = TypeVar("_Key")


class Estimator:
    """Robust averages of speed, loading times and fixed overhead. Knows no clock: it is told how long things took."""

    def __init__(self) -> None:
        self._speeds: dict[_SpeedKey, RobustAverage] = {}
        self._overheads: dict[NodeId, RobustAverage] = {}
        self._cold_runs: dict[NodeId, dict[str, deque[ColdRun]]] = {}
        self.revisions: dict[NodeId, int] = {}
        """By node: how often something was learnt of it. What was computed from an older revision is out of date."""

    @property
    def memory(self) -> Memory:
        return Memory(
            tuple((*key, _remembered(average)) for key, average in self._speeds.items()),
            tuple((node_id, _remembered(average)) for node_id, average in self._overheads.items()),
            tuple(
                (node_id, checkpoint, tuple(runs))
                for node_id, by_checkpoint in self._cold_runs.items()
                for checkpoint, runs in by_checkpoint.items()
            ),
        )

    @classmethod
    def of(cls, memory: Memory) -> "Estimator":
        estimator = cls()
        for node_id, family, operation, known in memory.speeds:
            estimator._speeds[node_id, family, operation] = _restored(known)
        for node_id, known in memory.overheads:
            estimator._overheads[node_id] = _restored(known)
        for node_id, checkpoint, runs in memory.cold_runs:
            estimator._cold_runs.setdefault(node_id, {})[checkpoint] = deque(runs, maxlen=REMEMBERED_LOADS)
        return estimator

    def observe(self, node_id: NodeId, work: Work, seconds: float, *, warm: bool | None) -> None:
        """Learn from a finished run of ``seconds`` on the node, from its start of work to its end.

        A warm run teaches speed; a cold one teaches the loading time of its checkpoint, its surplus over a warm run.
        ``warm``: None when it is unknown what was loaded before; then only a clear surplus counts as loading.
        """
        if not 0 < seconds < inf:
            return
        self.revisions[node_id] = self.revisions.get(node_id, 0) + 1
        if warm:
            sample = seconds / max(work.step_megapixels, MIN_STEP_MEGAPIXELS)
            _add(self._speeds, _speed_key(node_id, work), sample)
        elif work.spec.checkpoint is not None:
            runs = self._cold_runs.setdefault(node_id, {})
            run = ColdRun(work, seconds, certain=warm is False)
            runs.setdefault(work.spec.checkpoint, deque(maxlen=REMEMBERED_LOADS)).append(run)

    def observe_overhead(self, node_id: NodeId, seconds: float) -> None:
        """Learn how long an attempt occupied the node without running: submitting it, and hearing of its end."""
        if 0 < seconds < inf:
            self.revisions[node_id] = self.revisions.get(node_id, 0) + 1
            _add(self._overheads, node_id, seconds)

    def speed(self, node: NodeView, work: Work) -> Speed:
        known = self._speeds.get(_speed_key(node.id, work))
        if known is not None:
            return Speed(known.value, known.samples)
        return Speed(prior_seconds_per_step_megapixel(node.config.tier, work), 0)

    def confident(self, node_id: NodeId, work: Work) -> bool:
        """Whether the node has done enough work of this kind for its estimate to be relied on."""
        known = self._speeds.get(_speed_key(node_id, work))
        return known is not None and known.samples >= CONFIDENT_SAMPLES

    def seconds(self, node: NodeView, work: Work) -> float:
        """Seconds of work on a warm node."""
        known = self._speeds.get(_speed_key(node.id, work))
        speed = known.value if known is not None else prior_seconds_per_step_megapixel(node.config.tier, work)
        return speed * max(work.step_megapixels, MIN_STEP_MEGAPIXELS)

    def spread(self, node_id: NodeId) -> float:
        """Error of the node's estimates, as a part of them, by its least regular kind of work."""
        known = [average for (known_id, _, _), average in self._speeds.items() if known_id == node_id]
        proven = [average.spread for average in known if average.samples >= CONFIDENT_SAMPLES]
        return max(*proven, LEAST_SPREAD) if proven else UNPROVEN_SPREAD

    def overhead_seconds(self, node_id: NodeId) -> float:
        """Fixed seconds of each attempt besides its work; 0 until measured."""
        known = self._overheads.get(node_id)
        return known.value if known is not None else 0.0

    def load_seconds(self, node: NodeView, work: Work) -> float:
        """Seconds to load the work's checkpoint on the node; if unknown those of another of its checkpoints, else by
        family."""
        checkpoint = work.spec.checkpoint
        if checkpoint is None:
            return 0.0
        runs = self._cold_runs.get(node.id, {})
        surpluses = self._surpluses(node, runs.get(checkpoint, ()))
        if not surpluses:
            surpluses = [each for others in runs.values() for each in self._surpluses(node, others)]
        if surpluses:
            return median(surpluses)
        return PRIOR_LOAD_SECONDS.get(work.spec.model_family, PRIOR_LOAD_SECONDS_OF_OTHERS)

    def occupied_seconds(self, node: NodeView, work: Work) -> float:
        """Seconds for which the work would occupy the node from now: overhead, loading where needed, and the run."""
        resident = work.spec.checkpoint is None or node.resident_checkpoint == work.spec.checkpoint
        load = 0.0 if resident else self.load_seconds(node, work)
        return self.overhead_seconds(node.id) + load + self.seconds(node, work)

    def foreign_seconds(self, node: NodeView) -> float:
        """Estimated seconds until other clients' prompts on the node are done."""
        each = FOREIGN_PROMPT_STEP_MEGAPIXELS * PRIOR_SECONDS_PER_STEP_MEGAPIXEL[node.config.tier]
        return node.foreign_queue_length * each

    def measured(self, node_id: NodeId) -> dict[str, Speed]:
        """By family: the node's measured speed of the most frequent operation."""
        best: dict[str, Speed] = {}
        for (known_id, family, _), average in self._speeds.items():
            if known_id == node_id and average.samples > best.get(family, Speed(0, 0)).samples:
                best[family] = Speed(average.value, average.samples)
        return best

    def _surpluses(self, node: NodeView, runs: deque[ColdRun] | tuple[()]) -> list[float]:
        """How much longer than a warm run each run took by today's estimate, which corrects a first guess."""
        surpluses = []
        for run in runs:
            warm = self.seconds(node, run.work)
            if run.certain or run.seconds - warm > CLEARLY_SLOWER * warm:
                surpluses.append(max(run.seconds - warm, 0.0))
        return surpluses


def reference_seconds(work: Work) -> float:
    """The work's cost for fair sharing, wherever it runs: its estimated seconds on an unmeasured standard card."""
    return prior_seconds_per_step_megapixel(Tier.STANDARD, work) * max(work.step_megapixels, MIN_STEP_MEGAPIXELS)


def prior_seconds_per_step_megapixel(tier: Tier, work: Work) -> float:
    """The expected speed of an unmeasured node of this tier."""
    prior = PRIOR_SECONDS_PER_STEP_MEGAPIXEL[tier]
    if work.spec.operation is Operation.UPSCALE:
        return PRIOR_UPSCALE_SECONDS_PER_MEGAPIXEL * prior / PRIOR_SECONDS_PER_STEP_MEGAPIXEL[Tier.PREMIUM]
    return prior * PRIOR_FAMILY_FACTOR.get(work.spec.model_family, 1.0)


def _speed_key(node_id: NodeId, work: Work) -> _SpeedKey:
    return node_id, work.spec.model_family, work.spec.operation


def _add(averages: dict[_Key, RobustAverage], key: _Key, sample: float) -> None:
    known = averages.get(key)
    sample = max(sample, LEAST_SAMPLE)
    if known is None:
        averages[key] = RobustAverage(sample)
    else:
        known.add(sample)


def _remembered(average: RobustAverage) -> Remembered:
    return Remembered(average.value, average.samples, average.samples_kept)


def _restored(known: Remembered) -> RobustAverage:
    return RobustAverage.restored(known.value, known.samples, known.kept)
