"""What the planner sees: the fleet and the queue as they stand at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vibes.domain.ids import BatchId, GenerationId, NodeId
from vibes.domain.node import NodeConfig, NodeInventory, NodeState
from vibes.domain.requirements import Requirements
from vibes.domain.spec import GenerationSpec

MAX_FETCHING = 2
"""Finished pictures of one node that may be on their way while it works on."""


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
    losses: int = 0
    """How often it was lost with its node since it was asked for."""

    def after_loss(self) -> "Work":
        return replace(self, losses=self.losses + 1)

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
    def clogged(self) -> bool:
        return len(self.fetching) >= MAX_FETCHING

    @property
    def free(self) -> bool:
        """Whether it may be given work now. Pictures that pile up unfetched mean that the disk or the link is slow."""
        return (
            self.state.takes_work
            and self.inventory is not None
            and not self.active
            and not self.resting
            and not self.clogged
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    nodes: tuple[NodeView, ...]
    ready: tuple[Work, ...]
    """Queued work in the order in which it is due."""
