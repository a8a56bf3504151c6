"""The ledger: money that is committed for an attempt before it is submitted, and what became of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

from vibes.domain.cost import NO_BUDGET, NodeBudget, NodeCost
from vibes.domain.ids import AttemptId, BatchId, GenerationId, NodeId, SessionId
from vibes.domain.money import MicroUsd

PurseId = NewType("PurseId", str)
"""What shares one ``max_cost_usd``: the id of a batch, or of the session of a job, whose batches share the job's."""

NO_PURSE = PurseId("")


class SpendingState(StrEnum):
    """All but released ones count against every limit."""

    COMMITTED = "committed"
    """Its attempt is about to be submitted, or under way."""
    SPENT = "spent"
    RELEASED = "released"
    """It provably cost nothing."""
    UNCLEAR = "unclear"
    """Nobody can tell whether it was charged: it counts as if it was."""


COUNTING_STATES = frozenset(set(SpendingState) - {SpendingState.RELEASED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """The most that one attempt may cost, and the limits of its node, which hold when it is made."""

    amount: MicroUsd
    cost: NodeCost | None = None
    """Of its node."""
    budget: NodeBudget = NO_BUDGET


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a commitment; no amount: the one that was committed."""

    state: SpendingState
    amount: MicroUsd | None = None


RELEASED = Settled(SpendingState.RELEASED)
UNCLEAR = Settled(SpendingState.UNCLEAR)
SPENT = Settled(SpendingState.SPENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMoney:
    """A sum of the ledger: what counts against the limits of a node and a purse on one day of UTC."""

    node_id: NodeId
    purse: PurseId
    day: str
    amount: MicroUsd
    attempt_id: AttemptId | None = None
    """Set where it is the commitment of one attempt, None where it is the sum of all that is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingTotal:
    """What a session had on a node on one day, in one state."""

    day: str
    node_id: NodeId
    session_id: SessionId
    state: SpendingState
    amount: MicroUsd
    pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybePaidAttempt:
    """An attempt of which nobody can tell whether it was carried out and charged, until a person settles it."""

    attempt_id: AttemptId
    generation_id: GenerationId
    batch_id: BatchId
    session_id: SessionId
    node_id: NodeId
    prompt: str
    message: str
    amount: MicroUsd | None
    """What was committed for it; None where its node had no price."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included, and the day that it is now, as `day_of` tells them."""

    from_day: str
    to_day: str
    today: str


class Finding(StrEnum):
    """What came of an attempt that may have been paid for."""

    MADE = "made"
    """Its picture is stored now."""
    FAILED = "failed"
    """The node says that it came to nothing."""
    UNDER_WAY = "under_way"
    """The node is still at it: its picture is taken when it is there."""
    UNCLEAR = "unclear"
    """The node cannot tell, or does not know it."""
    GIVEN_UP = "given_up"
    QUEUED = "queued"
    """It was given up, and its picture is asked for once more."""


@dataclass(frozen=True, slots=True)
class Answer:
    attempt_id: AttemptId
    finding: Finding
    message: str
    """For people."""


def day_of(moment: datetime) -> str:
    """``2026-03-14``, in UTC: what money counts towards is the day of its commitment."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def month_of(day: str) -> str:
    """``2026-03``."""
    return day[:7]
