"""Which nodes may draw something ahead now, and why none does."""

from collections.abc import Iterable
from dataclasses import dataclass

from vibes.domain.exploration.ahead import AheadWait
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import ParameterValue
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.snapshot import NodeView, Work


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A picture that is to be drawn ahead."""

    request: GenerationRequest
    work: Work | None = None
    """What it needs of a node; None: as much as its parent did, which was drawn."""

    @property
    def checkpoint(self) -> ParameterValue | None:
        return self.request.values.get("checkpoint") if self.work is None else self.work.spec.checkpoint

    @property
    def kind(self) -> tuple[str, ParameterValue | None]:
        """Of pictures of one kind, whether one can be drawn says it for all."""
        return ("" if self.work is None else self.work.kind, self.checkpoint)

    def can_be_drawn_by(self, node: NodeView) -> bool:
        """Whether the node is able to, and costs nothing, at work or not."""
        able = self.work is None or never_reason(node, self.work) is None
        return able and node.state.takes_work and not node.costs

    def fits(self, node: NodeView) -> bool:
        """Whether it may begin on this idle node without loading anything there."""
        return self.can_be_drawn_by(node) and loads_nothing(self.checkpoint, node)


def is_idle(node: NodeView) -> bool:
    return node.free and not node.queue_length and not node.fetching and not node.costs and not node.on_trial


def loads_nothing(checkpoint: ParameterValue | None, node: NodeView) -> bool:
    """Else whoever comes next would have to load again what was there."""
    return node.resident_checkpoint in {None, checkpoint}


def why_waiting(wanted: Iterable[Wanted], nodes: Iterable[NodeView]) -> AheadWait | None:
    """Why none of these can begin on any of the nodes; None: one can."""
    waiting = list({each.kind: each for each in wanted}.values())
    pairs = [(each, node) for node in nodes for each in waiting if each.can_be_drawn_by(node)]
    if not pairs:
        return AheadWait.NO_NODE
    idle = [(each, node) for each, node in pairs if is_idle(node)]
    if not idle:
        return AheadWait.BUSY
    return None if any(each.fits(node) for each, node in idle) else AheadWait.MODEL
