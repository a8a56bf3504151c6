"""How far each generation is, in sampler steps over its whole graph, as its attempts tell. Memory only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from vibes.domain.ids import AttemptId, GenerationId
from vibes.domain.node_events import AttemptProgress


@dataclass(frozen=True, slots=True)
class Progress:
    current: int
    total: int


class _Shown:
    """The last reading of a generation, shared by all its attempts under way."""

    __slots__ = ("__weakref__", "current")

    def __init__(self) -> None:
        self.current = 0


@dataclass(slots=True)
class _Gauge:
    steps: Mapping[str, int]
    shown: _Shown
    done: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return max(sum(self.steps.values()), 1)


class ProgressTracker:
    def __init__(self) -> None:
        self._gauges: dict[AttemptId, _Gauge] = {}
        self._shown: WeakValueDictionary[GenerationId, _Shown] = WeakValueDictionary()

    def start(self, attempt_id: AttemptId, generation_id: GenerationId, steps: Mapping[str, int]) -> Progress:
        """``steps``: sampler graph node → its number of steps. A generation with two attempts shows the further one."""
        shown = self._shown.setdefault(generation_id, _Shown())
        gauge = self._gauges[attempt_id] = _Gauge(steps, shown)
        return Progress(shown.current, gauge.total)

    def advance(self, event: AttemptProgress) -> Progress | None:
        """The new reading when it rose, else None. It stops one short of the total: only the image is the end."""
        gauge = self._gauges.get(event.attempt_id)
        steps = gauge.steps.get(event.graph_node_id) if gauge else None
        if gauge is None or steps is None or event.maximum <= 0:
            return None
        fraction = min(max(event.value / event.maximum, 0.0), 1.0)
        gauge.done[event.graph_node_id] = max(gauge.done.get(event.graph_node_id, 0.0), fraction * steps)
        current = min(int(sum(gauge.done.values())), gauge.total - 1)
        if current <= gauge.shown.current:
            return None
        gauge.shown.current = current
        return Progress(current, gauge.total)

    def forget(self, attempt_id: AttemptId) -> None:
        self._gauges.pop(attempt_id, None)
