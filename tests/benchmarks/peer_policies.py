"""Scheduling policies of other systems, to compare with the hub's plan in the same simulation."""

from collections import defaultdict, deque
from collections.abc import Sequence

from tests.benchmarks.fleet_simulation import FleetSimulation
from vibes.domain.ids import GenerationId, NodeId
from vibes.scheduling.decisions import Assign
from vibes.scheduling.snapshot import Snapshot

SLOTS = 2


def plain_pull(_: FleetSimulation, snapshot: Snapshot) -> Sequence[Assign]:
    """Every free node takes the next."""
    free = [node.id for node in snapshot.nodes if node.free]
    return [Assign(item.generation_id, node_id) for item, node_id in zip(snapshot.ready, free, strict=False)]


class _Bound:
    """Work that was promised to a node before that is free."""

    def __init__(self) -> None:
        self._promised: defaultdict[NodeId, deque[GenerationId]] = defaultdict(deque)
        self._known: set[GenerationId] = set()

    def promise(self, generation_id: GenerationId, node_id: NodeId) -> None:
        self._known.add(generation_id)
        self._promised[node_id].append(generation_id)

    def held(self, node_id: NodeId) -> int:
        return len(self._promised[node_id])

    def unpromised(self, snapshot: Snapshot) -> list[GenerationId]:
        return [item.generation_id for item in snapshot.ready if item.generation_id not in self._known]

    def start(self, snapshot: Snapshot) -> list[Assign]:
        return [
            Assign(self._promised[node.id].popleft(), node.id)
            for node in snapshot.nodes
            if node.free and self._promised[node.id]
        ]


class EqualSplit(_Bound):
    """Each node gets the same number, decided when the work comes in."""

    def __call__(self, _: FleetSimulation, snapshot: Snapshot) -> Sequence[Assign]:
        for index, generation_id in enumerate(self.unpromised(snapshot)):
            self.promise(generation_id, snapshot.nodes[index % len(snapshot.nodes)].id)
        return self.start(snapshot)


class LeastUsed(_Bound):
    """The node with the fewest prompts gets the next, two at most: one runs, one waits behind it."""

    def __call__(self, _: FleetSimulation, snapshot: Snapshot) -> Sequence[Assign]:
        for generation_id in self.unpromised(snapshot):
            used, node_id = min((len(node.active) + self.held(node.id), node.id) for node in snapshot.nodes)
            if used >= SLOTS:
                break
            self.promise(generation_id, node_id)
        return self.start(snapshot)
