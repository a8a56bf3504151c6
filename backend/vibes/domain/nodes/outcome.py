"""The state of an attempt on its node, according to the node's queue and history."""

from dataclasses import dataclass, field

from vibes.domain.nodes.node import Closed, ModelFile


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An image on a node, as ComfyUI's ``/view`` addresses it."""

    filename: str
    subfolder: str
    type: str
    graph_node_id: str = field(default="", compare=False)
    """The graph node that saved it."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Neither queued nor in the history: it never arrived, or a restart lost it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """In the node's queue after ``position`` others."""

    position: int


@dataclass(frozen=True, slots=True)
class Running:
    """The node works on it now."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Done; ``outputs`` are the saved images in the order of the work, or temporary ones where none were saved."""

    outputs: tuple[OutputFile, ...]
    cost_usd: float | None = None
    """What it really cost in dollars, where the node tells; None: what its price says."""
    reproducible: bool = True
    """Whether the same order would come to the same image again."""


@dataclass(frozen=True, slots=True)
class Errored:
    """It failed on the node."""

    message: str
    """What went wrong and where, for people."""
    unreadable: tuple[ModelFile, ...] = ()
    """Model files of which the node could not read at least one, by the names of its inventory."""
    reason: str = ""
    """The node's own words about them, shortened."""
    lost_image: bool = False
    """An uploaded input image was gone; nothing is wrong with the order."""
    refused_by: str = ""
    """Who refused it (`NodeInventory.provider`), so that no other node of theirs need be asked; empty: the node
    alone."""
    cost_usd: float | None = None
    """What it cost in dollars although it failed; 0 when it provably cost nothing, None when nobody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedDown:
    """It was provably not carried out and cost nothing, which is no fault of the order: it is queued again."""

    message: str
    closed: Closed | None = None
    """Set when the node takes no other orders either."""
    broke: bool = False
    """Whether what draws there broke down, which counts as an error of the node."""
    died: bool = False
    """Whether it broke down while it worked on this, which may be the cause."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """It was interrupted on the node."""


@dataclass(frozen=True, slots=True)
class MaybePaid:
    """It is unknown whether it was carried out, and repeating it could cost money: it is not repeated automatically."""

    message: str
    """What is known of it, for people."""


Whereabouts = Absent | Pending | Running | Succeeded | Errored | TurnedDown | Interrupted | MaybePaid
