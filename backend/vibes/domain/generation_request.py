"""What somebody asks for, before defaults and checks; None and absent mean 'you choose'."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vibes.domain.ids import GenerationId, NodeId, SessionId, WorkflowVersionId
from vibes.domain.picture import PictureReference
from vibes.domain.priority import Priority
from vibes.domain.spec import LoraSpec, ParameterValue, TaskType


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    session_id: SessionId | None
    """None: a session is made for it."""
    model_family: str | None = None
    """None with a ``workflow`` or ``parents``: theirs."""
    task_type: TaskType = TaskType.DRAFT
    count: int = 1
    workflow: str | None = None
    values: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Workflow parameters by name, prompt included; what is absent gets the workflow's default."""
    seed: int | None = None
    """Of the first picture; the others count on from it. None: random."""
    loras: tuple[LoraSpec, ...] = ()
    parents: tuple[GenerationId, ...] = ()
    """Pictures to start from; ``count`` is spread over them in turn."""
    aspect: float | None = None
    """Width ÷ height where ``values`` name no size. None: that of the picture to start from, else the workflow's."""
    side: int | None = None
    """Edge of a square of as many pixels as the picture is to have, where ``values`` name no size. None: the
    workflow's own."""
    pictures: Mapping[str, tuple[PictureReference, ...]] = field(default_factory=dict)
    """Pictures to start from by parameter, where there may be several for one; they are taken in turn."""
    workflow_version: WorkflowVersionId | None = None
    """The ``workflow`` as it was when it was kept, whatever the library says by now."""
    preferred_gpu: NodeId | None = None
    priority: Priority | None = None
    """None: by the count."""
    stage: int | None = None
    """None: the session's current stage."""
