"""The planner's input: the fleet and the queue at one moment."""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from vibes.domain.cost import NodeCost, Use
from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.nodes.card_memory import NOBODYS, OthersMemory
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFile, NodeConfig, NodeState
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.priority import Priority
from vibes.domain.reason import Reason
from vibes.domain.spending import NO_PURSE, PurseId
from vibes.scheduling.fair_share import NOTHING_SERVED, Ledger

NO_SESSION = SessionId("")

DEFAULT_OVERFLOW_THRESHOLD = 3
"""A node of the preferred tier with so many prompts is full: a single picture then goes to the next tier."""

SUSPECT_DEATHS = 2
"""Deaths of nodes under one job from which on the job is held to be their cause."""

MAX_FETCHING = 2
"""With so many finished pictures waiting to be fetched, a node of one slot gets no new work; with each further slot it
may have one more."""


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
    """Nodes where this generation already failed."""
    losses: int = 0
    """How often it was lost together with its node since it was submitted."""
    deaths: int = 0
    """How often its node died while it ran."""
    died_on: frozenset[NodeId] = frozenset()
    """The nodes that did, since this hub was started."""
    place: int = 0
    """Its moved place: below 0 before all others, above 0 after them; 0 when it was not moved."""
    session_id: SessionId = NO_SESSION
    priority: Priority = Priority.NORMAL
    submitted_at: float = 0.0
    """Seconds on the clock of `Snapshot.now`."""
    max_cost: MicroUsd = NOTHING
    """Most that all works of its purse may cost together."""
    purse: PurseId = NO_PURSE
    paid: bool = False
    """It was paid for once, or may have been: only a person has it paid for again."""
    kind: str = field(init=False, repr=False, compare=False)
    """Equal for works that every node treats alike, so that a plan considers each kind once."""

    lane: str = field(init=False, repr=False, compare=False)
    """Equal for works of one session and class, which get their turns in the order in which they are due."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lane", sys.intern(f"{self.priority} {self.session_id}"))
        object.__setattr__(self, "kind", _kind(self))

    @property
    def suspect(self) -> bool:
        """Whether it may be what kills the nodes: then nothing waits on its node, and it gets no second attempt."""
        return self.deaths >= SUSPECT_DEATHS

    def after_loss(self, *, died: NodeId | None = None) -> "Work":
        """``died``: the node, where it did so while it ran this."""
        if died is None:
            return replace(self, losses=self.losses + 1)
        return replace(self, losses=self.losses + 1, deaths=self.deaths + 1, died_on=self.died_on | {died})

    def absolved(self) -> "Work":
        """The work, with one node fewer that died under it."""
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
                spec.preferred_node,
                sorted(work.excluded_nodes),
                sorted(work.died_on),
                needs.key,
                (work.purse, work.max_cost, work.paid) if work.max_cost else None,
            )
        )
    )  # interned: one string for a batch of thousands, compared by identity


class Away(NamedTuple):
    """A time in which a node draws nothing, since its owner has it: in seconds from now."""

    begin: float
    """0 or less: it is away."""
    end: float | None
    """None: nobody knows when it is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """A node as the planner sees it."""

    config: NodeConfig
    state: NodeState
    reason: Reason | None
    """Why it is in this state, when that is not a good one."""
    since: datetime | None = None
    """When the state became what it is."""
    inventory: NodeInventory | None
    """None until the node has answered once."""
    active: Mapping[GenerationId, float]
    """Our generations queued or running on the node, each with its estimated remaining seconds."""
    foreign_queue_length: int
    """Prompts on the node that are not ours."""
    resident_checkpoint: str | None
    """The checkpoint that runs now or ran last, so that it is most likely loaded for the next run."""

    fetching: frozenset[GenerationId] = frozenset()
    """Our generations that the node has finished and whose images are being fetched; they do not occupy it."""
    prefetched: frozenset[GenerationId] = frozenset()
    """Those of ``active`` that wait on the node after the running one, and could be taken back."""
    paused_for: float = 0.0
    """Seconds for which it gets nothing, because it lost or damaged what it had."""
    pause_reason: Reason | None = None
    unreadable: Mapping[ModelFile, str] = field(default_factory=dict)
    """Model files that it recently failed to read, by the names in its inventory, each with the reason in words."""
    runs_suspect: bool = False
    """Whether it runs work that may kill it."""
    silent: bool = False
    """It has not answered for so long that it may never do so: what waits there may start elsewhere."""
    charges: bool = False
    """Whether it charges for each order: what it may have got is not submitted again."""
    others_memory: OthersMemory = NOBODYS
    """What other programs hold of its card's memory."""
    away: tuple[Away, ...] = ()
    """When it is away, as far as that is known: apart from one another, the first one first."""
    on_trial: bool = False
    """It lost so much that one job must show whether it is well: it gets one at a time, and late."""

    @property
    def id(self) -> NodeId:
        return self.config.id

    @property
    def cost(self) -> NodeCost | None:
        """None: it costs nothing, or nobody has said how much."""
        told = None if self.inventory is None else self.inventory.cost
        return self.config.cost or told

    @property
    def costs(self) -> bool:
        """Whether it costs money, known or not."""
        return self.charges or self.cost is not None

    @property
    def use(self) -> Use:
        return self.config.use or (Use.WHEN_ASKED if self.costs else Use.ALWAYS)

    @property
    def slots(self) -> int:
        """Works that it carries out at once; one at a time while it is on trial."""
        return 1 if self.inventory is None or self.on_trial else self.inventory.slots

    @property
    def queue_length(self) -> int:
        """Prompts on the node, ours and others'."""
        return len(self.active) + self.foreign_queue_length

    @property
    def room(self) -> int:
        """Works that may start there beside what it has. What may kill it runs alone. Prompts of others do not keep
        the first of ours away: the node queues it after them."""
        slots = self.slots
        if not self.active:
            return max(slots - self.foreign_queue_length, 1)
        return 0 if slots == 1 or self.runs_suspect else max(slots - self.queue_length, 0)

    @property
    def clogged(self) -> bool:
        fetching = len(self.fetching)
        return fetching >= MAX_FETCHING and fetching >= MAX_FETCHING - 1 + self.slots

    @property
    def free_slots(self) -> int:
        """Works that it may get now. Many unfetched pictures mean that the disk or the connection is slow."""
        room = self.room
        return room if room and self._trusted and not (self.on_trial and self.fetching) else 0

    @property
    def free(self) -> bool:
        """Whether it may get work now."""
        return self.free_slots > 0

    @property
    def can_prefetch(self) -> bool:
        """Whether one prompt may be prefetched to it, to wait until one of our running ones ends."""
        full = len(self.active) == self.slots and not self.prefetched and not self.foreign_queue_length
        return full and not self.costs and not self.on_trial and not self.runs_suspect and self._trusted

    @property
    def returns_in(self) -> float | None:
        """Seconds until it is back; None: it is not away, or nobody knows."""
        return self.away[0].end if self.is_away else None

    @property
    def is_away(self) -> bool:
        return bool(self.away) and self.away[0].begin <= 0

    @property
    def _trusted(self) -> bool:
        well = self.state.takes_work and not self.paused_for and not self.clogged
        return well and self.inventory is not None and not self.is_away


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One attempt that its node works on. All times are seconds."""

    work: Work
    node_id: NodeId
    age: float
    """Since it has had the node for itself."""
    expected: float
    """Estimated duration of the whole run."""
    silent: float
    """Since the node last told something of it."""
    proven: bool = True
    """Whether ``expected`` rests on measurements of the node, not on a guess from its tier."""
    unanswered: bool = False
    """Whether its node is silent for another reason than reading a model file."""
    begun_twice: bool = False
    """Whether it has a second attempt."""
    costs: bool = False
    """Whether its node charges for it, so that nothing but a person has it made once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefetched:
    """Work that is prefetched to a node, and can be taken back."""

    work: Work
    node_id: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Money that counts against limits now: committed, spent, or unclear."""

    purses: Mapping[PurseId, MicroUsd] = field(default_factory=dict)
    on_nodes: Mapping[NodeId, Mapping[PurseId, MicroUsd]] = field(default_factory=dict)
    """By node: what each purse has of it there."""
    today: Mapping[NodeId, MicroUsd] = field(default_factory=dict)
    this_month: Mapping[NodeId, MicroUsd] = field(default_factory=dict)


NOTHING_HELD = Held()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    nodes: tuple[NodeView, ...]
    ready: Collection[Work]
    """Queued work, within each lane in the order in which it is due. A ``Waiting`` is read as it is."""
    runs: tuple[Run, ...] = ()
    prefetched: tuple[Prefetched, ...] = ()
    now: float = 0.0
    """Seconds on the clock of the works' ``submitted_at``."""
    ledger: Ledger = NOTHING_SERVED
    """Seconds served so far: returned by the last plan."""
    overflow_threshold: int = DEFAULT_OVERFLOW_THRESHOLD
    held: Held = NOTHING_HELD
