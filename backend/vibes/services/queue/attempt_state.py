"""The values that describe an open attempt, and the tables of the changes that are possible."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from vibes.domain.generation import Generation
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.spending import Commitment


class Origin(StrEnum):
    """How the attempt began."""

    ASSIGNED = "assigned"
    """It was given to an idle node."""
    PREFETCHED = "prefetched"
    """It was queued on its node while a run of ours was about to end."""
    SECOND = "second"
    """Its generation's first attempt was late on another node."""
    ADOPTED = "adopted"
    """It was begun by an earlier hub process."""


class Phase(StrEnum):
    """The attempt's progress."""

    SUBMITTING = "submitting"
    """It is being sent: it is unknown whether the node has it."""
    WAITING = "waiting"
    """The node has it, and was not seen to run it."""
    RUNNING = "running"
    """The node was seen to run it."""
    COLLECTING = "collecting"
    """The node has finished it and may have the next; its picture is being fetched."""


class Wish(StrEnum):
    """What is wanted of it instead of a picture."""

    NONE = "none"
    TAKE_BACK = "take back"
    """It waits on its node and would be done sooner elsewhere."""
    MOVE = "move"
    """Its machine's owner needs it: it is stopped there, and drawn elsewhere."""
    CANCEL = "cancel"
    """Nobody wants it any more."""


class Move(StrEnum):
    """A change of an attempt; see the methods of `ActiveAttempt`."""

    ARRIVE = "arrive"
    START = "start"
    COLLECT = "collect"
    RETURN = "return"
    ASK_BACK = "ask back"
    CANCEL = "cancel"
    WISH_BACK = "wish back"
    WISH_AWAY = "wish away"


PHASES: Mapping[tuple[Phase, Move], Phase] = {
    (Phase.SUBMITTING, Move.ARRIVE): Phase.WAITING,
    (Phase.SUBMITTING, Move.START): Phase.RUNNING,  # an event may arrive before the answer to the submission
    (Phase.SUBMITTING, Move.COLLECT): Phase.COLLECTING,  # it finished before it was seen to wait or run
    (Phase.WAITING, Move.ARRIVE): Phase.WAITING,
    (Phase.WAITING, Move.START): Phase.RUNNING,
    (Phase.WAITING, Move.COLLECT): Phase.COLLECTING,
    (Phase.RUNNING, Move.ARRIVE): Phase.RUNNING,
    (Phase.RUNNING, Move.START): Phase.RUNNING,
    (Phase.RUNNING, Move.COLLECT): Phase.COLLECTING,
    (Phase.COLLECTING, Move.START): Phase.COLLECTING,  # the history may be read before the event of its start arrives
    **{(phase, Move.RETURN): Phase.WAITING for phase in Phase},
}
"""The phase after a move; a missing entry is a fault of ours."""

WISHES: Mapping[tuple[Wish, Move], Wish] = {
    (Wish.NONE, Move.WISH_BACK): Wish.TAKE_BACK,
    (Wish.TAKE_BACK, Move.WISH_BACK): Wish.TAKE_BACK,
    (Wish.CANCEL, Move.WISH_BACK): Wish.CANCEL,
    (Wish.MOVE, Move.WISH_BACK): Wish.MOVE,
    (Wish.TAKE_BACK, Move.ASK_BACK): Wish.NONE,
    (Wish.NONE, Move.WISH_AWAY): Wish.MOVE,
    (Wish.TAKE_BACK, Move.WISH_AWAY): Wish.MOVE,
    (Wish.MOVE, Move.WISH_AWAY): Wish.MOVE,
    (Wish.CANCEL, Move.WISH_AWAY): Wish.CANCEL,
    **{(wish, Move.CANCEL): Wish.CANCEL for wish in Wish},
}
"""The wish after a move."""


class Milestone(StrEnum):
    """What an attempt has passed on its way, beside its phases."""

    WRITTEN_DOWN = "written down"
    """Its row is there, with what is sent next."""
    OVER = "told to be over"
    """Its node told that it has ended, in whatever way."""
    FETCHED = "fetched"
    """Its images are here, and checked."""
    STORED = "stored"
    """They are the generation's."""
    TOLD = "told"
    """So watchers were told."""


class Step(NamedTuple):
    """One line of an attempt's story."""

    at: float
    """In monotonic seconds."""
    what: str

    def __str__(self) -> str:
        return f"{self.at:.3f} s: {self.what}"


class InvalidTransition(Exception):
    """A move that the attempt's state does not allow, which is a fault of ours."""

    def __init__(self, attempt_id: AttemptId, state: Phase | Wish, move: Move, story: tuple[Step, ...]) -> None:
        super().__init__(f"attempt {attempt_id} cannot {move} while {state}")
        self.story = story

    def __str__(self) -> str:
        """With the story, for the log; ``repr`` is without."""
        return "".join([*self.args, "; its story:", *(f"\n  {step}" for step in self.story)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which attempt it is: of which generation, on which node, and how it came to be."""

    id: AttemptId
    generation: Generation
    node_id: NodeId
    origin: Origin = Origin.ASSIGNED
    charges: bool = False
    """Whether its node charges for each order, so that it is not submitted again by itself."""
    commitment: Commitment | None = None
    """Money that is set aside with its row; None where it costs nothing, or an earlier hub did that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about the attempt on its node."""

    seen: bool = False
    """Whether the node has ever known it."""
    boots: int = 0
    """The node's number of restarts when it was sent."""
    in_flight: bool = False
    """It is being sent, or was when a fault of ours cut that short."""
    doubtful_posts: int = 0
    """How often it was sent without an answer that tells whether it arrived."""
    broke_node: str | None = None
    """The node's message when it failed on the latest submission."""
    uploaded_again: bool = False
    """Its input pictures were gone from the node and were uploaded again."""
    asked_back: bool = False
    """The node was asked to take it back, which is done once: if that failed, it stays there."""
    nonsense: int = 0
    """Senseless answers of the node about it, in a row."""
    loading: str | None = None
    """The model file that the node is reading for it."""
    not_stored: str | None = None
    """Why its finished picture cannot be stored at present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """Moments in monotonic seconds, durations in seconds."""

    assigned_at: float
    """Since when it occupies the node; while it is prefetched: since when it waits there."""
    heard_at: float = 0.0
    """When the node last told something about it."""
    running_since: float | None = None
    """When the node was first seen to run it."""
    start_missed: bool = False
    """Whether the node was seen to run it only after it had reported the end, as one event may overtake another."""
    ended_at: float | None = None
    """When the node reported its end."""
    expected_seconds: float = 0.0
    """From ``assigned_at`` until the node is free again, as planned."""
    overhead_seconds: float | None = None
    """Seconds for which it occupied the node without running; None when not measured."""
    warm: bool | None = None
    """Whether its checkpoint was loaded when it was sent; None when unknown, as for an adopted one."""
    alone: bool = False
    """Whether no other client's prompt was on the node when it was sent, so that its overhead can be measured."""
    renewed_at: float = 0.0
    """When its lease was last renewed."""

    @property
    def began_at(self) -> float:
        """Its start on the node, or its assignment where that was not seen."""
        return self.assigned_at if self.start_seen is None else self.start_seen

    @property
    def start_seen(self) -> float | None:
        """Its start on the node; None where nobody can tell when that was."""
        return None if self.start_missed else self.running_since
