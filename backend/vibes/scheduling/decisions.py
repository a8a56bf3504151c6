"""The decisions of a plan: four things that may be done about a generation and a node."""

from dataclasses import dataclass

from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.money import NOTHING, MicroUsd


@dataclass(frozen=True, slots=True)
class Assign:
    """Start this generation on this node now; it should be done after ``seconds``."""

    generation_id: GenerationId
    node_id: NodeId
    seconds: float = 0.0
    cost: MicroUsd = NOTHING
    """What must be set aside for it first."""


@dataclass(frozen=True, slots=True)
class Prefetch:
    """Queue this generation on this node after the run that is about to end; its own run takes ``seconds``."""

    generation_id: GenerationId
    node_id: NodeId
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take this generation back from this node, where it waits after a run, unless it has begun."""

    generation_id: GenerationId
    node_id: NodeId


@dataclass(frozen=True, slots=True)
class SecondAttempt:
    """Start a second attempt of this generation on this node, since the first one is late. Done after ``seconds``."""

    generation_id: GenerationId
    node_id: NodeId
    seconds: float = 0.0


Decision = Assign | Prefetch | TakeBack | SecondAttempt
