"""How an attempt ends, as values: whoever carries it out answers one, and `Settlement.settle` decides what it means."""

from dataclasses import dataclass

from vibes.services.fleet.circuit_breaker import Repeat


@dataclass(frozen=True, slots=True)
class NotBegun:
    """Its generation was cancelled, or done by another attempt, before this one was written down: no trace of it."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Its picture became the generation's."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Its generation was over when its picture came: another attempt had been first, or it had been cancelled."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nobody wants it any more: its generation was cancelled, or another attempt of it was first."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """It waited on the node, was taken back and will never run there."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """The hub's own machine lacked something for a moment: neither the generation nor the node is to blame."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The node died, forgot the prompt or cannot be reached; the generation is innocent and goes back."""

    message: str
    may_return: bool = False
    """The node may still finish it, and its result is welcome while the generation is open."""
    node_died: bool = False
    """The node went away with everything on it while this prompt ran, which may be no accident."""
    noted: bool = False
    """The node's watch knows already what happened, so that one death is one error however much was there."""
    repeat: Repeat | None = None
    """What failed, to be tried again without a job; see `WatchedNode.note_failure`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed:
    """The node ran or refused the prompt and says why; another node may do better."""

    message: str
    misbehaved: bool = False
    """What it sends is beyond reason, so that the node itself is in doubt."""


@dataclass(frozen=True, slots=True)
class Hopeless:
    """No node can draw it: what it was asked for with is gone or wrong, or a fault of ours broke it."""

    message: str


Outcome = NotBegun | Completed | Superseded | Cancelled | TakenBack | PutBack | Lost | JobFailed | Hopeless
