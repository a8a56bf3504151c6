"""How things stand at the moment of a scrape, beside what was counted since the start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd
from vibes.domain.priority import Priority
from vibes.ports.clock import Clock
from vibes.ports.observing.measures import Histogram, Writes
from vibes.services.events.job_feed import JobFeed
from vibes.services.events.live_events import LiveEvents
from vibes.services.media.image_store import ImageStore
from vibes.services.observation.figures import Figures
from vibes.services.queue.board import Board
from vibes.services.queue.spending import Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Whom to ask."""

    figures: Figures
    board: Board
    spending: Spending
    live: LiveEvents
    jobs: JobFeed
    images: ImageStore
    writes: Writes
    free_bytes: Callable[[], int | None]
    clock: Clock


class Observation:
    """What there is to see of the hub; reading it costs no more than there are nodes and lanes of the queue."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @property
    def figures(self) -> Figures:
        return self._sources.figures

    @property
    def waiting(self) -> Mapping[Priority, int]:
        """In memory, by class."""
        return self._sources.board.depths

    @property
    def oldest_wait_seconds(self) -> float:
        """Since the oldest that waits was asked for; 0: nothing waits."""
        oldest = self._sources.board.oldest
        return 0.0 if oldest is None else max((self._sources.clock.now() - oldest).total_seconds(), 0.0)

    @property
    def withheld(self) -> int:
        """Generations that no plan can be made with."""
        return len(self._sources.board.withheld)

    @property
    def paused(self) -> bool:
        return self._sources.board.paused_since is not None

    def attempts_on(self, node_id: NodeId) -> int:
        return len(self._sources.board.on_node(node_id))

    @property
    def money(self) -> Mapping[NodeId, tuple[MicroUsd, MicroUsd]]:
        """By node that costs: spent, and committed now."""
        return self._sources.spending.of_nodes()

    @property
    def listeners(self) -> Mapping[str, int]:
        """Of events, by what they listen to."""
        return {"session": self._sources.live.listeners, "job": self._sources.jobs.watchers}

    @property
    def write_seconds(self) -> Histogram:
        """Of the database."""
        return self._sources.writes.seconds

    @property
    def writes_waiting(self) -> int:
        return self._sources.writes.waiting

    @property
    def media_write_seconds(self) -> Histogram:
        return self._sources.images.write_seconds

    @property
    def media_free_bytes(self) -> int | None:
        """None where the store has no such limit, or does not tell."""
        return self._sources.free_bytes()
