"""What the planner sees: the fleet and the queue as they stand at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vibes.domain.ids import BatchId, GenerationId, NodeId
from vibes.domain.node import NodeConfig, NodeInventory, NodeState
from vibes.domain.requirements import Requirements
from vibes.domain.spec import GenerationSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One generation's needs, all that decides where it can run and how long it takes."""

    generation_id: GenerationId
    batch_id: BatchId
    batch_total: int
    spec: GenerationSpec
    requirements: Requirements
    step_megapixels: float
    """Sampler steps × megapixels of the output: the unit that speeds are measured in."""
    excluded_nodes: frozenset[NodeId] = frozenset()
    """Nodes where this very generation already failed."""

    def excluding(self, node_ids: frozenset[NodeId]) -> "Work":
        return replace(self, excluded_nodes=node_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """A node as the planner sees it."""

    config: NodeConfig
    state: NodeState
    reason: str | None
    """Why the state is what it is, in words, when it is not simply good."""
    inventory: NodeInventory | None
    """None until the node has answered once."""
    active: Mapping[GenerationId, float]
    """Ours that are queued or running on the node, with the seconds that each still needs by estimate."""
    foreign_queue_length: int
    """Prompts on the node that are not ours."""
    resident_checkpoint: str | None
    """The checkpoint that ran last, so that it is most likely still loaded."""

    fetching: frozenset[GenerationId] = frozenset()
    """Ours that the node has finished and whose images are on their way; they occupy it no more."""
    resting: bool = False
    """Lost work a moment ago: gets none until the rest is over."""

    @property
    def id(self) -> NodeId:
        return self.config.id

    def occupied_by(self, active: Mapping[GenerationId, float], fetching: frozenset[GenerationId]) -> "NodeView":
        return replace(self, active=active, fetching=fetching)

    @property
    def free(self) -> bool:
        return self.state.takes_work and self.inventory is not None and not self.active and not self.resting


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    nodes: tuple[NodeView, ...]
    ready: tuple[Work, ...]
    """Queued work in the order in which it is due."""
