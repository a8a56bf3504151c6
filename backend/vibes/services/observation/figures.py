"""What has happened since the hub started, counted: told to whoever scrapes it, kept by nobody else."""

from collections import Counter, defaultdict
from collections.abc import Collection

from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.ports.observing.measures import SHORT_SECONDS, Histogram

DRAWING_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 600.0)
RATIO_TO_BOUND = (1.0, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 5.0)
ERROR_OF_ETA = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
DELIVERY_STEPS = ("fetch", "store", "tell")
"""From the node's word that it has drawn: the image is here, is the generation's, watchers were told."""


class Figures:
    """Counters and histograms; labels are the names of nodes and words of a short list each, never of people or
    pictures."""

    def __init__(self) -> None:
        self.submission_seconds = Histogram(SHORT_SECONDS)
        self.plan_seconds = Histogram(SHORT_SECONDS)
        self.decisions: Counter[str] = Counter()
        self.attempts: Counter[tuple[NodeId, str]] = Counter()
        """By node and outcome."""
        self.drawing_seconds: defaultdict[NodeId, Histogram] = defaultdict(lambda: Histogram(DRAWING_SECONDS))
        self.delivery_seconds = {step: Histogram(SHORT_SECONDS) for step in DELIVERY_STEPS}
        self.ended: Counter[GenerationStatus] = Counter()
        self.ratio_to_bound = Histogram(RATIO_TO_BOUND)
        """Of batches that are complete: their seconds as a multiple of what no schedule could beat."""
        self.eta_error = Histogram(ERROR_OF_ETA)
        """Of complete generations: how far they came from what was promised when they were asked for, as a part of the
        time that they took."""
        self.loop_lag_seconds = Histogram(SHORT_SECONDS)

    def keep(self, node_ids: Collection[NodeId]) -> None:
        """Forget nodes that have left the fleet: where workers come and go under new names, theirs would pile up for
        ever."""
        for key in [key for key in self.attempts if key[0] not in node_ids]:
            del self.attempts[key]
        for node_id in [each for each in self.drawing_seconds if each not in node_ids]:
            del self.drawing_seconds[node_id]
