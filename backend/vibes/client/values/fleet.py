"""The fleet and its queue as the hub reports them, and the task types of jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vibes.client.values.codes import Code
from vibes.domain.cost import Use
from vibes.domain.nodes.node import ModelFolder, NodeState, Tier
from vibes.domain.pictures.spec import Operation
from vibes.domain.priority import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    seconds_per_step_megapixel: float
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningGeneration:
    generation_id: str
    session_id: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableFile:
    """A model file that a node failed to read at its last attempt."""

    folder: ModelFolder | None
    name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuCost:
    """What a node costs and may cost, in dollars; days and months are those of UTC."""

    per_image_usd: float | None
    per_hour_usd: float | None
    per_batch_limit_usd: float | None
    daily_limit_usd: float | None
    monthly_limit_usd: float | None
    spent_today_usd: float
    spent_this_month_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuModel:
    """A model of a node that draws without files."""

    name: str
    families: tuple[str, ...]
    operations: tuple[str, ...]
    price_usd: float | None
    """Of one picture; None: not known beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One node."""

    id: str
    name: str
    tier: Tier
    vram_gb: float
    vram_total_gb: float | None
    """As reported by the node; ``vram_gb`` is the value in gpus.yaml."""
    vram_free_gb: float | None
    healthy: bool
    state: NodeState
    state_since: datetime
    reason: str | None
    reason_code: Code | None = None
    """`reason` for programs."""
    current_queue_length: int
    capabilities: tuple[str, ...]
    max_resolution: int
    max_batch: int
    last_response_ms: float | None
    last_error: str | None
    unreadable_files: tuple[UnreadableFile, ...]
    url: str
    """Empty where the kind needs no address."""
    kind: str
    """What drives it, as gpus.yaml says."""
    version: str | None
    device_name: str | None
    simulated: bool
    running: tuple[RunningGeneration, ...]
    eta_seconds: float | None
    speeds: Mapping[str, Speed]
    """By family, measured."""
    use: Use = Use.ALWAYS
    """When it gets work."""
    cost: GpuCost | None = None
    """None: it costs nothing, or nobody has said how much."""
    slots: int = 1
    """Pictures that it draws at once."""
    models: tuple[GpuModel, ...] = ()
    """What it draws with, where its kind has no files."""
    balance_usd: float | None = None
    """What is left of the account that its pictures are paid from, where it tells."""
    others_vram_gb: float = 0.0
    """What another program, such as a game, holds of its memory."""
    lent_from: datetime | None = None
    """When its owner, who has it now, lends it again by itself; None: nobody has said, or it is lent."""
    owned_from: datetime | None = None
    """When it belongs to its owner next; None: that is not known, or it does now."""
    owner_hours: tuple[str, ...] = ()
    """As gpus.yaml says them, on the clock of ``timezone``."""
    timezone: str | None = None
    """None: that of the hub's machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    file: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    gpus: tuple[Gpu, ...]
    config_problems: tuple[FileProblem, ...]
    """Why the newest gpus.yaml is not used."""
    storage_problem: str | None
    hub_problems: tuple[str, ...]
    """Faults of the hub itself, which it retries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGeneration:
    position: int
    generation_id: str
    session_id: str
    batch_id: str
    priority: Priority
    prompt: str
    eta_seconds: float | None
    waiting_for: str | None
    waiting_code: Code | None = None
    """`waiting_for` for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationOnNode:
    gpu_id: str
    generation_id: str
    session_id: str
    batch_id: str
    prompt: str
    state: str
    """running, waiting or fetching."""
    eta_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    paused: bool
    paused_since: datetime | None
    queued: int
    on_nodes: tuple[GenerationOnNode, ...]
    waiting: tuple[WaitingGeneration, ...]
    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskType:
    """A type of task in jobs."""

    type: str
    description: str
    operation: Operation
    families: tuple[str, ...]
    workflows: tuple[str, ...]
    outputs: Mapping[str, str]
    inputs_schema: Mapping[str, Any]
    nodes: tuple[str, ...]
    """Nodes that can run it without further parameters."""
    reasons: Mapping[str, str]
    """By node: why it cannot run it."""
    reason_codes: Mapping[str, Code] = field(default_factory=dict)
    """`reasons` for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTypes:
    task_types: tuple[TaskType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogItem:
    name: str
    nodes: tuple[str, ...]
    """Nodes that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What the nodes have, as they last reported it."""

    families: tuple[CatalogItem, ...]
    checkpoints: tuple[CatalogItem, ...]
    loras: tuple[CatalogItem, ...]
    samplers: tuple[CatalogItem, ...]
    schedulers: tuple[CatalogItem, ...]
    other_models: Mapping[str, tuple[CatalogItem, ...]]
