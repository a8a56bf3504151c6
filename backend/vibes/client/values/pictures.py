"""Generations, batches and sessions as the hub tells them, and what is asked of it to get them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from vibes.domain.batch import BatchStatus
from vibes.domain.generation import GenerationStatus
from vibes.domain.priority import Priority
from vibes.domain.session import FlowType
from vibes.domain.spec import TaskType

Seed = int | Literal["random"]


@dataclass(frozen=True, slots=True)
class Lora:
    name: str
    strength_model: float = 1.0
    strength_clip: float | None = None
    """None: as `strength_model`."""

    def body(self) -> dict[str, Any]:
        return _said({each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """``count`` pictures; what is None is left to the workflow and the hub."""

    prompt: str | None = None
    count: int = 1
    negative_prompt: str | None = None
    session_id: str | None = None
    """None: a new session is made for it."""
    model_family: str | None = None
    task_type: TaskType | str | None = None
    workflow: str | None = None
    checkpoint: str | None = None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    """``portrait``, ``landscape``, ``square`` or ``16:9``, without a width and a height. None: as the picture to start
    from."""
    side: int | None = None
    """Edge of a square of as many pixels, without a width and a height."""
    steps: int | None = None
    cfg_scale: float | None = None
    denoise_strength: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    seed: Seed | None = None
    """Of the first picture; the others count on. None: random."""
    loras: tuple[Lora, ...] = ()
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """Other parameters of the workflow."""
    parents: tuple[str, ...] = ()
    """Generations to start from."""
    preferred_gpu: str | None = None
    priority: Priority | str | None = None
    stage: int | None = None

    def body(self) -> dict[str, Any]:
        """As ``POST /api/generate/batch`` takes it."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "parents"}
        return _said(
            {
                **values,
                "loras": [lora.body() for lora in self.loras],
                "parameters": dict(self.parameters),
                "from": list(self.parents),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One picture that was asked for."""

    id: str
    session_id: str
    batch_id: str
    parent_id: str | None
    stage: int
    status: GenerationStatus
    prompt: str
    negative_prompt: str
    model_family: str
    workflow: str
    checkpoint: str | None
    task_type: TaskType
    parameters: Mapping[str, Any]
    loras: tuple[Lora, ...]
    gpu_id: str | None
    seed: int
    width: int | None
    height: int | None
    steps: int | None
    cfg_scale: float | None
    denoise_strength: float | None
    image_url: str | None
    thumbnail_url: str | None
    generation_time_ms: int | None
    error_message: str | None
    created_at: datetime
    completed_at: datetime | None
    eta_seconds: float | None
    eta_range_seconds: tuple[float, float] | None
    waiting_for: str | None
    loading: str | None
    """The model file that its node reads now, before it can draw."""
    starred: bool
    discard_after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPage:
    generations: tuple[Generation, ...]
    total: int
    """How many match, whatever the limit and the offset."""
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model file that the hub chose, and why."""

    parameter: str
    file: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The generations of one submission."""

    batch_id: str
    session_id: str
    priority: Priority
    status: BatchStatus
    completed: int
    """Generations that are terminal."""
    total: int
    eta_seconds: float | None
    eta_range_seconds: tuple[float, float] | None
    lower_bound_seconds: float | None
    achieved_ratio: float | None
    generations: tuple[Generation, ...]
    models: tuple[ChosenModel, ...] = ()
    """Told once, as the answer to the submission."""

    @property
    def over(self) -> bool:
        """Whether every picture is there, failed or was cancelled."""
        return self.completed == self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    id: str
    flow_type: FlowType
    current_stage: int
    config: Mapping[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary(Session):
    """Its config is empty: `Sessions.get` has it."""

    title: str
    """How the prompt in its config begins; empty where there is none."""
    generation_count: int
    completed_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail(Session):
    generations: tuple[Generation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    sessions: tuple[SessionSummary, ...]
    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A picture that was uploaded; kept for a day after its last use, or until the last job that names it is over."""

    artifact_id: str
    width: int
    height: int

    @property
    def reference(self) -> str:
        """What an image or mask parameter, or a task's input, says to mean it."""
        return f"@artifact:{self.artifact_id}"


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
