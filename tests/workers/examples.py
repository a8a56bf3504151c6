"""Workers, orders and heartbeats for stories."""

from typing import Any
from uuid import uuid4

from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.node import NodeQueue, Tier
from vibes.domain.nodes.worker import Worker, WorkerOrder, WorkerState, WorkerVitals
from vibes.ports.workers.rows import Heartbeat

GRAPH: dict[str, Any] = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x"}}}
READY = Heartbeat(state=WorkerState.READY, vitals=WorkerVitals(queue=NodeQueue(running=(), pending=())))


def worker(name: str = "w1", node_id: str = "", **more: Any) -> Worker:
    given: dict[str, Any] = {
        "name": name,
        "node_id": NodeId(node_id or name),
        "device": "cuda:0",
        "tier": Tier.STANDARD,
        "capabilities": ("sd15",),
        "max_resolution": 1024,
    }
    return Worker(**{**given, **more})


def order(node_id: str = "w1", attempt_id: str = "", **more: Any) -> WorkerOrder:
    given: dict[str, Any] = {"sent": GRAPH}
    return WorkerOrder(attempt_id=AttemptId(attempt_id or str(uuid4())), node_id=NodeId(node_id), **{**given, **more})
