"""How far each generation is, in the steps of all its work, and which model file it waits for. Memory only."""

from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from vibes.domain.ids import AttemptId, GenerationId
from vibes.domain.nodes.events import AttemptProgress, GraphNodeStarted
from vibes.domain.nodes.node import ModelFile
from vibes.ports.orders import Outline


@dataclass(frozen=True, slots=True)
class Progress:
    current: int
    total: int
    loading: str | None = None
    """The model file that the node reads now, by the name that people know; None while it draws."""


class _Shown:
    """The latest progress of a generation, shared by all its open attempts."""

    __slots__ = ("__weakref__", "current", "loading")

    def __init__(self) -> None:
        self.current = 0
        self.loading: str | None = None


@dataclass(slots=True)
class _Gauge:
    outline: Outline
    shown: _Shown
    done: dict[str, float] = field(init=False, default_factory=dict)
    reads: ModelFile | None = field(init=False, default=None)
    """What the part that is at work reads."""
    model: str | None = field(init=False, default=None)
    """The model that this run had to load. Newer ComfyUIs read it piece by piece until the first step is done."""

    @property
    def total(self) -> int:
        return max(sum(self.outline.steps.values()), 1)

    @property
    def current(self) -> int:
        """At most one below the total, which is reached only with the image."""
        return min(int(sum(self.done.values())), self.total - 1)

    @property
    def loading(self) -> str | None:
        if self.reads is not None:
            return self.reads.name
        return None if any(self.done.values()) else self.model


class ProgressTracker:
    def __init__(self) -> None:
        self._gauges: dict[AttemptId, _Gauge] = {}
        self._shown: WeakValueDictionary[GenerationId, _Shown] = WeakValueDictionary()

    def start(self, attempt_id: AttemptId, generation_id: GenerationId, outline: Outline) -> Progress:
        """A generation with two attempts shows the further one. ``outline`` is of what this attempt's node was sent."""
        shown = self._shown.setdefault(generation_id, _Shown())
        gauge = self._gauges[attempt_id] = _Gauge(outline, shown)
        return Progress(shown.current, gauge.total, shown.loading)

    def advance(self, event: AttemptProgress | GraphNodeStarted) -> Progress | None:
        """The new progress when it rose or another file is being read, else None."""
        gauge = self._gauges.get(event.attempt_id)
        if gauge is None:
            return None
        match event:
            case GraphNodeStarted():
                gauge.reads = gauge.outline.reads.get(event.graph_node_id)
                if gauge.reads is not None and gauge.reads.is_model:
                    gauge.model = gauge.reads.name
            case AttemptProgress():
                _step(gauge, event)
        return _news(gauge)

    def loading(self, attempt_id: AttemptId) -> str | None:
        """The model file that the attempt's node is reading; None while it draws, or when unknown."""
        gauge = self._gauges.get(attempt_id)
        return gauge.loading if gauge else None

    def has_begun(self, attempt_id: AttemptId) -> bool:
        """Whether the attempt's first step was reported."""
        gauge = self._gauges.get(attempt_id)
        return gauge is not None and any(gauge.done.values())

    def loading_of(self, generation_id: GenerationId) -> str | None:
        """The model file that the generation waits for, as last reported."""
        shown = self._shown.get(generation_id)
        return shown.loading if shown else None

    def forget(self, attempt_id: AttemptId) -> None:
        self._gauges.pop(attempt_id, None)


def _step(gauge: _Gauge, event: AttemptProgress) -> None:
    steps = gauge.outline.steps.get(event.graph_node_id)
    if steps is None or event.maximum <= 0:
        return
    fraction = min(max(event.value / event.maximum, 0.0), 1.0)
    gauge.done[event.graph_node_id] = max(gauge.done.get(event.graph_node_id, 0.0), fraction * steps)
    if gauge.done[event.graph_node_id]:
        gauge.reads = None  # a sampler has all its files


def _news(gauge: _Gauge) -> Progress | None:
    """What to show now, if it is new. An attempt that is not the furthest of its generation shows nothing."""
    shown, current, loading = gauge.shown, gauge.current, gauge.loading
    if current < shown.current or (current, loading) == (shown.current, shown.loading):
        return None
    shown.current, shown.loading = current, loading
    return Progress(current, gauge.total, loading)
