"""One node as people see it, at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vibes.domain.cost import NodeCost, Use
from vibes.domain.ids import NodeId
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFile, NodeConfig, NodeState, NodeVitals
from vibes.domain.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    config: NodeConfig
    state: NodeState
    since: datetime
    """When it came into this state."""
    reason: Reason | None
    """Why it is in that state."""
    pause: Reason | None
    """Why it gets no work although its state would allow that."""
    healthy: bool
    """Answers and takes work."""
    reachable: bool
    """Answered the last check."""
    inventory: NodeInventory | None
    """As last reported; None until it has answered once."""
    vitals: NodeVitals | None
    """None while it is offline."""
    last_error: str | None
    foreign_queue_length: int
    """Prompts on the node that are not the hub's, at the last check."""
    unreadable: Mapping[ModelFile, str]
    """Model files that it could not read at the last try, each with a sentence."""
    cost: NodeCost | None = None
    """None: it costs nothing, or nobody has said how much."""
    charges: bool = False
    """Whether it charges for each order."""
    seen_at: datetime | None = None
    """When it last answered a check; None: never, since the hub started."""
    spared: bool = False
    """It had errors: it gets nothing for a while, or one job on trial."""
    others_memory_bytes: int = 0
    """What other programs hold of its card's memory."""
    lent_from: datetime | None = None
    """When its owner, who has it now, lends it again by itself; None: nobody has said, or it is lent."""
    owned_from: datetime | None = None
    """When it is its owner's next; None: that is not known, or it is now."""

    @property
    def use(self) -> Use:
        costs = self.charges or self.cost is not None
        return self.config.use or (Use.WHEN_ASKED if costs else Use.ALWAYS)

    @property
    def id(self) -> NodeId:
        return self.config.id
