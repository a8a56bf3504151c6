"""What a node reports while it works: hints only; the node's history is authoritative."""

from dataclasses import dataclass

from vibes.domain.ids import AttemptId


@dataclass(frozen=True, slots=True)
class NodeConnected:
    """The event stream is open (again); earlier events may have been missed."""


@dataclass(frozen=True, slots=True)
class NodeDisconnected:
    """The event stream broke; ``reason`` is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class QueueLength:
    """Number of prompts on the node, running and waiting, of all clients."""

    length: int


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """The node has begun to run the prompt."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True)
class GraphNodeStarted:
    """The node works on this graph node of the attempt. A loader that reads a file of many gigabytes may then report
    nothing for minutes."""

    attempt_id: AttemptId
    graph_node_id: str


@dataclass(frozen=True, slots=True)
class AttemptProgress:
    """One graph node of the attempt is at ``value`` of ``maximum`` (steps, tiles or 0..1)."""

    attempt_id: AttemptId
    graph_node_id: str
    value: float
    maximum: float


@dataclass(frozen=True, slots=True)
class AttemptPreview:
    """A picture in progress, as encoded by the node."""

    attempt_id: AttemptId
    media_type: str
    image: bytes


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The node has written its history entry, which can be read now."""

    attempt_id: AttemptId


AttemptEvent = AttemptStarted | GraphNodeStarted | AttemptProgress | AttemptPreview | AttemptEnded

NodeEvent = NodeConnected | NodeDisconnected | QueueLength | AttemptEvent
