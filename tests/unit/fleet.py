"""Nodes and work for the planner's tests."""

from datetime import UTC, datetime
from typing import Any

from tests.factories import make_spec
from tests.fakes import CLASSES, FILES
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.nodes.node import NodeConfig, NodeState, Tier
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.spec import GenerationSpec, Operation
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.scheduling.snapshot import NodeView, Work

CHECKPOINT = "v1-5-pruned-emaonly.safetensors"
INVENTORY = ComfyUIInventory(
    version="0.33.0",
    device_name="cuda:0",
    simulated=False,
    vram_total_bytes=0,
    graph_node_classes=CLASSES,
    files=FILES,
    supports_jobs_api=True,
)


def node(node_id: str, tier: Tier = Tier.STANDARD, **given: Any) -> NodeView:
    config = NodeConfig(
        id=NodeId(node_id),
        name=node_id,
        tier=tier,
        vram_gb=8,
        host="127.0.0.1",
        port=8188,
        capabilities=given.pop("capabilities", frozenset({"sd15", "sdxl", "flux_fp8", "upscale"})),
        max_resolution=given.pop("max_resolution", 1024),
        max_batch=1,
        enabled=given.pop("enabled", True),
    )
    values: dict[str, Any] = {
        "state": NodeState.READY,
        "reason": None,
        "inventory": INVENTORY,
        "active": {},
        "foreign_queue_length": 0,
        "resident_checkpoint": CHECKPOINT,
    }
    return NodeView(config=config, **{**values, **given})


def sd15(**overrides: Any) -> GenerationSpec:
    return make_spec(
        **{
            "workflow": "sd15_txt2img",
            "operation": Operation.TXT2IMG,
            "model_family": "sd15",
            "checkpoint": CHECKPOINT,
            "width": 512,
            "height": 512,
            "steps": 10,
            **overrides,
        }
    )


def work(name: str, **given: Any) -> Work:
    values: dict[str, Any] = {
        "batch_id": BatchId("batch"),
        "batch_total": 1,
        "spec": sd15(),
        "requirements": Requirements(files=frozenset(), graph_node_classes=frozenset()),
        "step_megapixels": 2.62,
    }
    return Work(generation_id=GenerationId(name), **{**values, **given})


def waiting(index: int, created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> Generation:
    return Generation(
        id=GenerationId(f"g{index}"),
        session_id=SessionId("s"),
        batch_id=BatchId("b"),
        index=index,
        stage=0,
        spec=sd15(),
        status=GenerationStatus.QUEUED,
        created_at=created_at,
    )
