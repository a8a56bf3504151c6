"""What the planner sees: the fleet and the queue as they stand at one moment."""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.inventory import NodeInventory
from vibes.domain.node import ModelFile, NodeConfig, NodeState
from vibes.domain.priority import Priority
from vibes.domain.reason import Reason
from vibes.domain.requirements import Requirements
from vibes.domain.spec import GenerationSpec
from vibes.scheduling.fair_share import NOTHING_SERVED, Ledger

NO_SESSION = SessionId("")

DEFAULT_OVERFLOW_THRESHOLD = 3
"""A node of the preferred tier with so many prompts is full: a single picture then goes to the next tier."""

SUSPECT_DEATHS = 2
"""Deaths of nodes under one job from which on the job is held to be their cause."""

MAX_FETCHING = 2
"""Finished pictures of one node that may be on their way while it works on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One generation's needs, all that decides where it can run and how long it takes."""

    generation_id: GenerationId
    batch_id: BatchId
    batch_total: int
    spec: GenerationSpec
    requirements: Requirements
    step_megapixels: float
    """Sampler steps × megapixels of the output: the unit that speeds are measured in."""
    excluded_nodes: frozenset[NodeId] = frozenset()
    """Nodes where this very generation already failed."""
    losses: int = 0
    """How often it was lost with its node since it was asked for."""
    deaths: int = 0
    """How often its node died while it ran."""
    place: int = 0
    """Where a person moved it to: below 0 before all others, above 0 behind them."""
    session_id: SessionId = NO_SESSION
    priority: Priority = Priority.NORMAL
    submitted_at: float = 0.0
    """Seconds on the clock of `Snapshot.now`."""
    kind: str = field(init=False, repr=False, compare=False)
    """Equal for works that every node treats alike, so that a plan weighs each kind once and not each picture."""

    lane: str = field(init=False, repr=False, compare=False)
    """Equal for works of one session and class, which take their turns in the order in which they are due."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lane", sys.intern(f"{self.priority} {self.session_id}"))
        object.__setattr__(self, "kind", _kind(self))

    @property
    def suspect(self) -> bool:
        """Whether it may be what kills the nodes: then nothing of ours waits beside it, nor is it started twice."""
        return self.deaths >= SUSPECT_DEATHS

    def after_loss(self, *, node_died: bool = False) -> "Work":
        return replace(self, losses=self.losses + 1, deaths=self.deaths + node_died)

    def absolved(self) -> "Work":
        """One node that was thought to have died under it is alive."""
        return replace(self, deaths=max(self.deaths - 1, 0))

    def excluding(self, node_ids: frozenset[NodeId]) -> "Work":
        return replace(self, excluded_nodes=node_ids)


def _kind(work: Work) -> str:
    spec, needs = work.spec, work.requirements
    return sys.intern(
        repr(
            (
                spec.model_family,
                spec.operation,
                spec.checkpoint,
                spec.width,
                spec.height,
                work.step_megapixels,
                work.batch_total > 1,
                spec.task_type,
                spec.preferred_gpu,
                sorted(work.excluded_nodes),
                needs.key,
            )
        )
    )  # interned: one string for a batch of thousands, compared by identity


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """A node as the planner sees it."""

    config: NodeConfig
    state: NodeState
    reason: Reason | None
    """Why the state is what it is, when it is not simply good."""
    since: datetime | None = None
    """When the state became what it is."""
    inventory: NodeInventory | None
    """None until the node has answered once."""
    active: Mapping[GenerationId, float]
    """Ours that are queued or running on the node, with the seconds that each still needs by estimate."""
    foreign_queue_length: int
    """Prompts on the node that are not ours."""
    resident_checkpoint: str | None
    """The checkpoint that ran last or runs now, so that it is most likely loaded when the next one starts."""

    fetching: frozenset[GenerationId] = frozenset()
    """Ours that the node has finished and whose images are on their way; they occupy it no more."""
    prefetched: frozenset[GenerationId] = frozenset()
    """Those of ``active`` that wait on the node behind the running one, and could still be taken back."""
    paused_for: float = 0.0
    """Seconds for which it gets nothing, because it lost or spoilt what it had."""
    pause_reason: Reason | None = None
    unreadable: Mapping[ModelFile, str] = field(default_factory=dict)
    """Model files that it could not read lately, by the names of its inventory, each with the reason in words."""
    runs_suspect: bool = False
    """Whether it works on something that may kill it."""
    silent: bool = False
    """Owes every answer for so long that it may never give one: what waits there may start elsewhere."""
    on_trial: bool = False
    """Lost so much that one job must show whether it is well: it gets one at a time, and late."""

    @property
    def id(self) -> NodeId:
        return self.config.id

    @property
    def queue_length(self) -> int:
        """Prompts on the node, ours and others'."""
        return len(self.active) + self.foreign_queue_length

    @property
    def clogged(self) -> bool:
        return len(self.fetching) >= MAX_FETCHING

    @property
    def free(self) -> bool:
        """Whether it may be given work now. Pictures that pile up unfetched mean that the disk or the link is slow."""
        trial_goes_on = self.on_trial and self.fetching
        return not self.active and not trial_goes_on and self._trusted

    @property
    def can_prefetch(self) -> bool:
        """Whether one more prompt may wait there behind the one of ours that runs."""
        alone = len(self.active) == 1 and not self.prefetched and not self.foreign_queue_length
        return alone and not self.on_trial and not self.runs_suspect and self._trusted

    @property
    def _trusted(self) -> bool:
        return self.state.takes_work and self.inventory is not None and not self.paused_for and not self.clogged


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One attempt that its node works on now. All times are seconds."""

    work: Work
    node_id: NodeId
    age: float
    """Since it has the node for itself."""
    expected: float
    """What that was thought to take in all."""
    silent: float
    """Since the node last told something of it."""
    proven: bool = True
    """Whether ``expected`` rests on what the node did before, not on a guess from its tier."""
    unanswered: bool = False
    """Whether its node is silent, and not because it reads a model file."""
    begun_twice: bool = False
    """Whether another attempt of the same generation is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefetched:
    """Work that waits on a node behind a run, and can be taken back."""

    work: Work
    node_id: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    nodes: tuple[NodeView, ...]
    ready: Collection[Work]
    """Queued work, that of each lane in the order in which it is due. One that is a ``Waiting`` is read as it is."""
    runs: tuple[Run, ...] = ()
    prefetched: tuple[Prefetched, ...] = ()
    now: float = 0.0
    """Seconds on any clock that is the works' own."""
    ledger: Ledger = NOTHING_SERVED
    """Who has had how much so far: the last plan's answer."""
    overflow_threshold: int = DEFAULT_OVERFLOW_THRESHOLD
