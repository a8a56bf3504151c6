"""Facts for the judges: one healthy thing of each kind, which a test changes."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.unit.fleet import INVENTORY
from tests.unit.fleet import node as node_view
from vibes.domain.doctor.finding import Finding
from vibes.domain.nodes.introduction import Introduction, NotReached, Unreached
from vibes.domain.nodes.node import NodeConfig, NodeState
from vibes.domain.nodes.status import NodeStatus
from vibes.environment.machine.disks import Disk
from vibes.services.doctor.nodes import NodeFacts

NOW = datetime(2026, 12, 1, 12, 0, 0, tzinfo=UTC)


def codes(findings: "list[Finding]") -> list[str]:
    return [each.code for each in findings]


def config(node_id: str = "attic", **given: Any) -> NodeConfig:
    made = node_view(node_id).config
    return replace(made, host="192.168.0.20", port=8188, **given)


def said(**given: Any) -> Introduction:
    values: dict[str, Any] = {
        "version": "0.33.0",
        "device_name": "cuda:0 NVIDIA GeForce RTX 3060",
        "vram_total_bytes": 12 * 2**30,
        "simulated": False,
        "python": "3.12.3",
        "date": NOW,
    }
    return Introduction(**{**values, **given})


def well(node_id: str = "attic", **given: Any) -> NodeFacts:
    return NodeFacts(config=config(node_id), said=said(**given), asked_at=NOW)


def away(cause: Unreached, node_id: str = "attic", **given: Any) -> NodeFacts:
    return replace(NodeFacts(config=config(node_id), said=NotReached(cause, "its own words"), asked_at=NOW), **given)


def status(node: NodeConfig, **given: Any) -> NodeStatus:
    values: dict[str, Any] = {
        "state": NodeState.READY,
        "since": NOW,
        "reason": None,
        "pause": None,
        "healthy": True,
        "reachable": True,
        "inventory": INVENTORY,
        "vitals": None,
        "last_error": None,
        "foreign_queue_length": 0,
        "unreadable": {},
    }
    return NodeStatus(config=node, **{**values, **given})


def disk(**given: Any) -> Disk:
    values: dict[str, Any] = {
        "folder": Path("/srv/vibes"),
        "exists": True,
        "free_bytes": 200 * 10**9,
        "total_bytes": 500 * 10**9,
        "free_files": 1_000_000,
        "writable": True,
        "read_only": False,
        "kind": "ext4",
        "device": 1,
    }
    return Disk(**{**values, **given})
