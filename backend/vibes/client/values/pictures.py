"""Generations, batches and sessions as the hub reports them, and the requests for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from vibes.client.values.codes import Code, Media
from vibes.domain.batch import BatchStatus
from vibes.domain.generation import GenerationStatus
from vibes.domain.pictures.spec import TaskType
from vibes.domain.priority import Priority
from vibes.domain.session import FlowType

Seed = int | Literal["random"]


@dataclass(frozen=True, slots=True)
class Lora:
    name: str
    strength_model: float = 1.0
    strength_clip: float | None = None
    """None: like `strength_model`."""

    def body(self) -> dict[str, Any]:
        return _said({each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """A request for ``count`` pictures; the workflow or the hub decides whatever is None."""

    prompt: str | None = None
    count: int = 1
    negative_prompt: str | None = None
    session_id: str | None = None
    """None: a new session is created."""
    model_family: str | None = None
    task_type: TaskType | str | None = None
    workflow: str | None = None
    checkpoint: str | None = None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    """``portrait``, ``landscape``, ``square`` or ``16:9``, without width and height. None: as the picture to start
    from."""
    side: int | None = None
    """Edge of a square with as many pixels, without width and height."""
    steps: int | None = None
    cfg_scale: float | None = None
    denoise_strength: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    seed: Seed | None = None
    """Seed of the first picture, counted up for the others. None: random."""
    loras: tuple[Lora, ...] = ()
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """Other parameters of the workflow."""
    parents: tuple[str, ...] = ()
    """Generations to start from."""
    styles: tuple[str, ...] = ()
    """Saved styles and characters to lay over the prompt, by id or name."""
    wildcards: bool = False
    """Draw ``__name__`` and ``{a|b|c}`` in the prompts by each picture's seed."""
    preferred_gpu: str | None = None
    priority: Priority | str | None = None
    stage: int | None = None
    max_cost_usd: float | str | None = None
    """Most that all its pictures may cost together, in dollars. None: nothing, nodes that cost money are left out."""

    def body(self) -> dict[str, Any]:
        """The body for ``POST /api/generate/batch``."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "parents"}
        return _said(
            {
                **values,
                "loras": [lora.body() for lora in self.loras],
                "parameters": dict(self.parameters),
                "from": list(self.parents),
                "styles": list(self.styles),
                "wildcards": self.wildcards or None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationImage:
    """One of the files that a generation came to."""

    index: int
    """From 0, which is the one that is shown."""
    url: str
    thumbnail_url: str
    media_type: Media
    width: int
    height: int
    size_bytes: int
    sha256: str
    graph_node: str | None
    """The graph node that saved it; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person wrote, where a picture was drawn from something else."""

    prompt: str
    negative_prompt: str
    styles: tuple[str, ...]
    """The names of the styles and characters that were laid over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One requested picture."""

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
    media_type: Media | None = None
    """Of the image at `image_url`; also None where the hub is of an earlier release."""
    images: tuple[GenerationImage, ...] = ()
    """All that it came to; empty where the hub is of an earlier release."""
    generation_time_ms: int | None
    error_message: str | None
    created_at: datetime
    completed_at: datetime | None
    eta_seconds: float | None
    eta_range_seconds: tuple[float, float] | None
    waiting_for: str | None
    waiting_code: Code | None = None
    """`waiting_for` for programs."""
    loading: str | None
    """The model file that its node is reading, before it can draw."""
    starred: bool
    discard_after: datetime | None
    cost_usd: float | None = None
    """With what may have been charged for it; None: nothing was paid, or the hub is of an earlier release."""
    reproducible: bool = True
    """Whether its settings would come to the same image again."""
    varied: Mapping[str, Any] = field(default_factory=dict)
    """What it differs in from the others of its batch, by parameter; ``__animal__`` and ``{red|blue}`` what these
    wildcards became."""
    written: Written | None = None
    """The prompts before styles and wildcards; None: as they are."""
    rating: int | None = None
    """How good a person finds it, from 1 to 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPage:
    generations: tuple[Generation, ...]
    total: int
    """Number of all matches, whatever limit and offset."""
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model file that the hub chose, and why."""

    parameter: str
    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A side of a grid."""

    parameter: str
    """As in `Generation.varied`."""
    values: tuple[Any, ...]
    """In the order of the columns or rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The generations of one submission."""

    batch_id: str
    session_id: str
    priority: Priority
    status: BatchStatus
    completed: int
    """Generations in a terminal status."""
    total: int
    eta_seconds: float | None
    eta_range_seconds: tuple[float, float] | None
    lower_bound_seconds: float | None
    achieved_ratio: float | None
    generations: tuple[Generation, ...]
    models: tuple[ChosenModel, ...] = ()
    """Only in the answer to the submission."""
    max_cost_usd: float = 0.0
    cost_usd: float = 0.0
    """So far."""
    axes: tuple[Axis, ...] = ()
    """Of a grid: what goes across, then what goes down."""

    @property
    def over(self) -> bool:
        """Whether each picture is complete, failed or cancelled."""
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
    """Without its config, which `Sessions.get` has."""

    title: str
    """The beginning of the prompt in its config; empty without one."""
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
class WrittenPrompt:
    prompt: str
    negative_prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """An uploaded picture; kept until a day after its last use, or until the last job that names it has ended."""

    artifact_id: str
    width: int
    height: int
    notes: tuple[str, ...] = ()
    """Sentences about what of the file is not used, or counts otherwise than it looks; none from an older hub."""
    written: WrittenPrompt | None = None
    """The prompt that the file itself tells, if any."""

    @property
    def reference(self) -> str:
        """The text that stands for it in an image or mask parameter and in a task's input."""
        return f"@artifact:{self.artifact_id}"


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
