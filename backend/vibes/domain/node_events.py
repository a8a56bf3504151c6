"""What a node tells while it works: hints, never proof; the node's own history is the truth."""

from dataclasses import dataclass

from vibes.domain.ids import AttemptId


@dataclass(frozen=True, slots=True)
class NodeConnected:
    """The event stream is open (again); whatever happened before is unknown."""


@dataclass(frozen=True, slots=True)
class NodeDisconnected:
    """The event stream broke; ``reason`` is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class QueueLength:
    """So many prompts are on the node now, running and waiting, whoever's they are."""

    length: int


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """The node took the prompt out of its queue."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True)
class GraphNodeStarted:
    """The node works on this graph node of the attempt now, which may take minutes without another word: a loader
    reads a file of many gigabytes."""

    attempt_id: AttemptId
    graph_node_id: str


@dataclass(frozen=True, slots=True)
class AttemptProgress:
    """One graph node of the attempt stands at ``value`` of ``maximum`` (steps, tiles or 0..1)."""

    attempt_id: AttemptId
    graph_node_id: str
    value: float
    maximum: float


@dataclass(frozen=True, slots=True)
class AttemptPreview:
    """A picture in the making, as the node encoded it."""

    attempt_id: AttemptId
    media_type: str
    image: bytes


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The node has written its history entry: ask it now."""

    attempt_id: AttemptId


AttemptEvent = AttemptStarted | GraphNodeStarted | AttemptProgress | AttemptPreview | AttemptEnded

NodeEvent = NodeConnected | NodeDisconnected | QueueLength | AttemptEvent
