"""One node as it is told to people: a value that changes no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vibes.domain.ids import NodeId
from vibes.domain.node import ModelFile, NodeConfig, NodeInventory, NodeState, NodeVitals
from vibes.domain.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    config: NodeConfig
    state: NodeState
    since: datetime
    """When the state became what it is."""
    reason: Reason | None
    """Why it is in that state."""
    pause: Reason | None
    """Why it gets no work although its state would allow that."""
    healthy: bool
    """Answers and takes work."""
    reachable: bool
    """Answered when it was last asked."""
    inventory: NodeInventory | None
    """As last told; None until it has answered once."""
    vitals: NodeVitals | None
    """None while it is offline."""
    last_error: str | None
    foreign_queue_length: int
    """Prompts on the node that are not the hub's, when it was last asked."""
    unreadable: Mapping[ModelFile, str]
    """Model files that it could not read when it last tried, each with a sentence."""

    @property
    def id(self) -> NodeId:
        return self.config.id
