"""How an attempt ends, as values: whoever carries it out answers one, and `Settlement.settle` decides what it means."""

from dataclasses import dataclass

from vibes.domain.nodes.outcome import MaybePaid
from vibes.services.fleet.circuit_breaker import Repeat


@dataclass(frozen=True, slots=True)
class NotBegun:
    """Its generation was cancelled, or done by another attempt, before this one was recorded: it leaves no trace."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Its picture is now the generation's."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Its generation had ended when its picture came: by another attempt, or cancelled."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It was stopped: its generation was cancelled, or another attempt finished first."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """It brings no picture on the node, which is well: it waited there and was taken back, the node's owner needed the
    machine while it ran, or the node was drained before it was sent."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """The hub's own machine lacked a resource for a moment: neither generation nor node is to blame."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The node died, forgot the prompt or cannot be reached; the generation is not at fault and is queued again."""

    message: str
    may_return: bool = False
    """The node may still finish it; its result is used if the generation is open then."""
    node_died: bool = False
    """The node died while this prompt ran, which may be the cause."""
    noted: bool = False
    """The node's watch knows what happened, so that one death counts as one error, however many attempts were there."""
    free: bool = False
    """It provably cost nothing."""
    counts: bool = True
    """False: it may happen to the generation any number of times."""
    repeat: Repeat | None = None
    """Repeats what failed, without a job; see `WatchedNode.note_failure`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed:
    """The node ran or refused the prompt, with a reason; another node may do better."""

    message: str
    cost_usd: float | None = None
    """What it cost in dollars although it failed, where that is known; 0: nothing."""
    misbehaved: bool = False
    """Its answers make no sense, so that the node itself is in doubt."""
    refused_by: str = ""
    """Whose other nodes need not be asked (`NodeInventory.provider`)."""


@dataclass(frozen=True, slots=True)
class Hopeless:
    """No node can draw it: its workflow or pictures are gone or wrong, or a fault of ours broke it."""

    message: str


Outcome = NotBegun | Completed | Superseded | Cancelled | TakenBack | PutBack | Lost | JobFailed | Hopeless | MaybePaid
