"""Workers and their orders as rows, and back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.node import NodeQueue, Tier
from vibes.domain.nodes.worker import OrderState, Worker, WorkerOrder, WorkerReport, WorkerState, WorkerVitals


def report_of(row: Row[Any], now: datetime) -> WorkerReport:
    return WorkerReport(
        worker=Worker(
            name=row.name,
            node_id=NodeId(row.node_id),
            device=row.device,
            tier=Tier(row.tier),
            capabilities=tuple(row.capabilities),
            max_resolution=row.max_resolution,
        ),
        state=WorkerState(row.state),
        reason=row.reason,
        epoch=row.epoch,
        heard_at=row.heartbeat_at,
        silent_seconds=max((now - row.heartbeat_at).total_seconds(), 0.0),
        inventory_digest=row.inventory_digest,
        vitals=None if row.vitals is None else _vitals_of(row.vitals),
    )


def vitals_json(vitals: WorkerVitals) -> dict[str, Any]:
    return {
        "running": list(vitals.queue.running),
        "pending": list(vitals.queue.pending),
        "vram_free_bytes": vitals.vram_free_bytes,
        "response_ms": vitals.response_ms,
    }


def _vitals_of(told: dict[str, Any]) -> WorkerVitals:
    return WorkerVitals(
        queue=NodeQueue(running=tuple(told["running"]), pending=tuple(told["pending"])),
        vram_free_bytes=told["vram_free_bytes"],
        response_ms=told["response_ms"],
    )


def order_of(row: Row[Any]) -> WorkerOrder:
    return WorkerOrder(
        attempt_id=AttemptId(row.attempt_id),
        node_id=NodeId(row.node_id),
        epoch=row.epoch,
        state=OrderState(row.state),
        sent=row.sent,
        holder=row.holder,
        unwanted=row.unwanted,
        outcome=row.outcome,
    )
