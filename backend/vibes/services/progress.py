"""How far each running attempt is, in sampler steps over its whole graph. Memory only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vibes.domain.ids import AttemptId
from vibes.domain.node_events import AttemptProgress


@dataclass(frozen=True, slots=True)
class Progress:
    current: int
    total: int


@dataclass(slots=True)
class _Gauge:
    steps: Mapping[str, int]
    done: dict[str, float] = field(default_factory=dict)
    shown: int = 0

    @property
    def total(self) -> int:
        return max(sum(self.steps.values()), 1)


class ProgressTracker:
    def __init__(self) -> None:
        self._gauges: dict[AttemptId, _Gauge] = {}

    def start(self, attempt_id: AttemptId, steps: Mapping[str, int]) -> Progress:
        """``steps``: sampler graph node → its number of steps."""
        gauge = self._gauges[attempt_id] = _Gauge(steps)
        return Progress(0, gauge.total)

    def advance(self, event: AttemptProgress) -> Progress | None:
        """The new reading when it rose, else None. It stops one short of the total: only the image is the end."""
        gauge = self._gauges.get(event.attempt_id)
        steps = gauge.steps.get(event.graph_node_id) if gauge else None
        if gauge is None or steps is None or event.maximum <= 0:
            return None
        fraction = min(max(event.value / event.maximum, 0.0), 1.0)
        gauge.done[event.graph_node_id] = max(gauge.done.get(event.graph_node_id, 0.0), fraction * steps)
        current = min(int(sum(gauge.done.values())), gauge.total - 1)
        if current <= gauge.shown:
            return None
        gauge.shown = current
        return Progress(current, gauge.total)

    def forget(self, attempt_id: AttemptId) -> None:
        self._gauges.pop(attempt_id, None)
