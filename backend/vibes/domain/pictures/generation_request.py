"""A request for pictures before defaults and checks; None or absent means that the hub chooses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vibes.domain.ids import GenerationId, NodeId, OwnerId, SessionId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.pictures.picture import PictureReference
from vibes.domain.pictures.spec import LoraSpec, ParameterValue, TaskType
from vibes.domain.pictures.variation import Varied
from vibes.domain.priority import Priority
from vibes.domain.spending import PurseId


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    session_id: SessionId | None
    """None: a new session is created."""
    model_family: str | None = None
    """None with a ``workflow`` or ``parents``: their family."""
    task_type: TaskType = TaskType.DRAFT
    count: int = 1
    workflow: str | None = None
    values: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Workflow parameters by name, prompt included; absent ones get the workflow's default."""
    seed: int | None = None
    """Seed of the first picture, counted up for the others. None: random."""
    loras: tuple[LoraSpec, ...] = ()
    parents: tuple[GenerationId, ...] = ()
    """Pictures to start from; ``count`` is distributed over them in turn."""
    aspect: float | None = None
    """Width ÷ height where ``values`` name no size. None: that of the picture to start from, else the workflow's."""
    side: int | None = None
    """Edge of a square with as many pixels as the picture shall have, where ``values`` name no size. None: the
    workflow's."""
    pictures: Mapping[str, tuple[PictureReference, ...]] = field(default_factory=dict)
    """Pictures to start from, by parameter; several for one parameter are used in turn."""
    preferred_node: NodeId | None = None
    priority: Priority | None = None
    """None: decided by the count."""
    stage: int | None = None
    """None: the session's current stage."""
    owner: OwnerId | None = None
    """Whose the pictures, and a session that is created for them, will be. None: everybody's."""
    max_cost: MicroUsd = NOTHING
    """Most that they may cost together."""
    purse: PurseId | None = None
    """What they share that limit with; None: with nothing."""
    explored_from: GenerationId | None = None
    """The picture that these lie beside: their parent, whatever they start from. None: what they start from is."""
    styles: tuple[str, ...] = ()
    """Styles and characters to lay over the prompt, by id or name."""
    wildcards: bool = False
    """Whether ``__name__`` and ``{a|b}`` in the prompts are drawn; they are text like any other where not."""
    varied: Varied = field(default_factory=dict)
    """What these pictures differ in from others of their batch."""
