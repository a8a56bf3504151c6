"""The values that an attempt under way is described by, and the tables of what may happen to it when."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from vibes.domain.ids import AttemptId


class Origin(StrEnum):
    """How it came to be."""

    ASSIGNED = "assigned"
    """It was given to a node that had nothing else to do."""
    PREFETCHED = "prefetched"
    """It was queued on its node behind a run of ours that was about to end."""
    SECOND = "second"
    """Its generation's first attempt was stuck on another node."""
    ADOPTED = "adopted"
    """It was begun by an earlier hub process."""


class Phase(StrEnum):
    """How far it is."""

    SUBMITTING = "submitting"
    """It is on its way to the node: nobody knows yet that the node has it."""
    WAITING = "waiting"
    """The node has it, and was not seen to work on it."""
    RUNNING = "running"
    """The node was seen to work on it."""
    COLLECTING = "collecting"
    """The node is done with it and may have the next; its picture is on its way."""


class Wish(StrEnum):
    """What is wanted of it instead of a picture."""

    NONE = "none"
    TAKE_BACK = "take back"
    """It waits on its node and would be better elsewhere."""
    CANCEL = "cancel"
    """Nobody wants it any more."""


class Move(StrEnum):
    """What may happen to it; see the methods of `ActiveAttempt`."""

    ARRIVE = "arrive"
    START = "start"
    COLLECT = "collect"
    RETURN = "return"
    ASK_BACK = "ask back"
    CANCEL = "cancel"
    WISH_BACK = "wish back"


PHASES: Mapping[tuple[Phase, Move], Phase] = {
    (Phase.SUBMITTING, Move.ARRIVE): Phase.WAITING,
    (Phase.SUBMITTING, Move.START): Phase.RUNNING,  # an event may overtake the answer to the submission
    (Phase.SUBMITTING, Move.COLLECT): Phase.COLLECTING,  # it was done before anybody saw it wait or run
    (Phase.WAITING, Move.ARRIVE): Phase.WAITING,
    (Phase.WAITING, Move.START): Phase.RUNNING,
    (Phase.WAITING, Move.COLLECT): Phase.COLLECTING,
    (Phase.RUNNING, Move.ARRIVE): Phase.RUNNING,
    (Phase.RUNNING, Move.START): Phase.RUNNING,
    (Phase.RUNNING, Move.COLLECT): Phase.COLLECTING,
    (Phase.COLLECTING, Move.START): Phase.COLLECTING,  # the history may overtake the event that it began
    **{(phase, Move.RETURN): Phase.WAITING for phase in Phase},
}
"""Which phase a move leads to from which; one that is missing is a fault of ours."""

WISHES: Mapping[tuple[Wish, Move], Wish] = {
    (Wish.NONE, Move.WISH_BACK): Wish.TAKE_BACK,
    (Wish.TAKE_BACK, Move.WISH_BACK): Wish.TAKE_BACK,
    (Wish.CANCEL, Move.WISH_BACK): Wish.CANCEL,
    (Wish.TAKE_BACK, Move.ASK_BACK): Wish.NONE,
    **{(wish, Move.CANCEL): Wish.CANCEL for wish in Wish},
}
"""Which wish a move leads to from which."""


class Step(NamedTuple):
    """One line of an attempt's story."""

    at: float
    """In monotonic seconds."""
    what: str

    def __str__(self) -> str:
        return f"{self.at:.3f} s: {self.what}"


class InvalidTransition(Exception):
    """A move that the attempt's state does not allow, which only a fault of ours asks for."""

    def __init__(self, attempt_id: AttemptId, state: Phase | Wish, move: Move, story: tuple[Step, ...]) -> None:
        super().__init__(f"attempt {attempt_id} cannot {move} while {state}")
        self.story = story

    def __str__(self) -> str:
        """With the story, as the log has it; ``repr`` is without."""
        return "".join([*self.args, "; its story:", *(f"\n  {step}" for step in self.story)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of the node's having it."""

    seen: bool = False
    """Whether the node ever knew it."""
    boots: int = 0
    """The node's number of restarts when it was sent there."""
    doubtful_posts: int = 0
    """How often it was sent without an answer that says whether it arrived."""
    broke_node: str | None = None
    """What the node said when it stumbled over the latest submission."""
    uploaded_again: bool = False
    """Its input pictures were gone from the node and were put there once more."""
    asked_back: bool = False
    """The node was asked to give it back, which is done once: it either gave it or keeps it for good."""
    nonsense: int = 0
    """How often in a row the node answered nonsense about it."""
    loading: str | None = None
    """The model file that the node is known to read for it now."""
    not_stored: str | None = None
    """Why its finished picture cannot be stored at present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """Moments in monotonic seconds, durations in seconds."""

    assigned_at: float
    """Since when it has the node for itself; of one that waits behind another: since when it waits."""
    heard_at: float = 0.0
    """When the node last told something of it."""
    running_since: float | None = None
    """When the node was first seen to work on it."""
    ended_at: float | None = None
    """When the node told that it is over."""
    expected_seconds: float = 0.0
    """From ``assigned_at`` until the node is free again, as the plan saw it."""
    overhead_seconds: float | None = None
    """How long it held the node's place without running; None where that was not measured."""
    warm: bool | None = None
    """Whether its checkpoint was loaded when it was sent; None when unknown, as for an adopted one."""
    alone: bool = False
    """Whether nobody else's prompt was on the node when it was sent, so that its way there can be measured."""
    renewed_at: float = 0.0
    """When its lease was last written."""

    @property
    def began_at(self) -> float:
        """Its start on the node as far as that was seen."""
        return self.assigned_at if self.running_since is None else self.running_since
