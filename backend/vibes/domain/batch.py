"""A batch: the generations that one submission created."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import BatchId, OwnerId, SessionId
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.pictures.variation import Axis
from vibes.domain.priority import Priority
from vibes.domain.spending import PurseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    id: BatchId
    session_id: SessionId
    stage: int
    total: int
    created_at: datetime
    priority: Priority
    lower_bound_seconds: float | None = None
    """Seconds that no schedule can beat, with the fleet at the time of submission; None when no node could take it
    then."""
    owner: OwnerId | None = None
    """None: everybody's."""
    max_cost: MicroUsd = NOTHING
    """Most that its pictures may cost together, with those of all batches of its purse."""
    purse: PurseId | None = None
    """None: its own."""
    axes: tuple[Axis, ...] = ()
    """Of a grid: first what goes across, then what goes down."""

    @property
    def purse_id(self) -> PurseId:
        return self.purse or PurseId(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """The key of a submission, so that sending it again answers the same batch."""

    key: str
    body_sha256: str
    batch_id: BatchId


class BatchStatus(StrEnum):
    QUEUED = "queued"
    GENERATING = "generating"
    COMPLETE = "complete"
    """Every generation is terminal, at least one has its image."""
    FAILED = "failed"
    """Every generation is terminal, none has an image, at least one failed."""
    CANCELLED = "cancelled"
    """Every generation was cancelled."""


def batch_status(statuses: Iterable[GenerationStatus]) -> BatchStatus:
    """The status of a batch, derived from its generations."""
    return status_of_counts(Counter(statuses))


def status_of_counts(counts: Counter[GenerationStatus]) -> BatchStatus:
    """The same, from the number of generations in each status."""
    if counts[GenerationStatus.GENERATING]:
        return BatchStatus.GENERATING
    if counts[GenerationStatus.QUEUED]:
        settled = sum(counts.values()) - counts[GenerationStatus.QUEUED]
        return BatchStatus.GENERATING if settled else BatchStatus.QUEUED
    if counts[GenerationStatus.COMPLETE] or not counts.total():  # none are left: what it made was deleted meanwhile
        return BatchStatus.COMPLETE
    return BatchStatus.FAILED if counts[GenerationStatus.FAILED] else BatchStatus.CANCELLED
