"""Whether this replica leads, and until when by its own clock: values, and the only moves between them. Pure."""

from dataclasses import dataclass, replace

from vibes.domain.replicas.replica import Lease, ReplicaId

REST_AFTER_FAILURE = 5.0
"""Seconds for which a replica leaves the lease to others when it could not lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    leader: Lease | None = None
    """As last heard; None: nobody leads, as far as is known."""
    seeks_from: float = 0.0
    """The moment from which on it would lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leading:
    lease: Lease
    until: float
    """The moment from which on another may lead; counted from before the database was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resigning:
    """It still has the lease, and gives it back once its hub has ended."""

    lease: Lease
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """It is about to end and leads no more; what was asked of it meanwhile is handed to whoever leads."""

    leader: Lease | None = None


Standing = Following | Leading | Resigning | Leaving


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a look at the lease has brought. ``asked_at``: when it began, by this process's clock."""

    lease: Lease | None
    asked_at: float


def seeks(standing: Standing, now: float) -> bool:
    """Whether the next look renews or takes the lease, where it can."""
    match standing:
        case Following():
            return now >= standing.seeks_from
        case Leading() | Resigning():
            return True
        case Leaving():
            return False


def mandate(standing: Standing, epoch: int, now: float) -> bool:
    """Whether the hub of that epoch may still act."""
    return isinstance(standing, Leading | Resigning) and standing.lease.epoch == epoch and now < standing.until


def heard(standing: Standing, me: ReplicaId, news: Heard, seconds: float) -> Standing:
    """After an answer of the database. ``seconds``: for which the lease was asked."""
    lease = news.lease
    if lease is None or lease.holder != me:
        return _led_by(standing, lease)
    until = news.asked_at + seconds
    match standing:
        case Following() if not seeks(standing, news.asked_at):
            return replace(standing, leader=None)  # it is about to be given back, since it could not lead
        case Following():
            return Leading(lease=lease, until=until)
        case Leading() | Resigning() if standing.lease.epoch != lease.epoch:
            return Following()  # somebody led in between: this hub ends, then it may begin anew
        case Leading() | Resigning():
            return replace(standing, lease=lease, until=until)
        case Leaving():
            return standing


def unanswered(standing: Standing, now: float) -> Standing:
    """After a look that the database did not answer: who leads goes on until the lease may be another's."""
    match standing:
        case Leading() if now >= standing.until:
            return Following()
        case Resigning() if now >= standing.until:
            return Leaving()
        case _:
            return standing


def refused(standing: Standing, epoch: int) -> Standing:
    """A write of that epoch was refused, since another leads."""
    match standing:
        case Leading() if standing.lease.epoch == epoch:
            return Following()
        case Resigning() if standing.lease.epoch == epoch:
            return Leaving()
        case _:
            return standing


def failed(standing: Standing, epoch: int, now: float) -> Standing:
    """The hub of that epoch could not be started here: another replica may be luckier."""
    match standing:
        case Leading() | Resigning() if standing.lease.epoch == epoch:
            return Following(seeks_from=now + REST_AFTER_FAILURE) if isinstance(standing, Leading) else Leaving()
        case _:
            return standing


def told_to_end(standing: Standing) -> Standing:
    match standing:
        case Following():
            return Leaving(leader=standing.leader)
        case Leading():
            return Resigning(lease=standing.lease, until=standing.until)
        case _:
            return standing


def hub_ended(standing: Standing) -> Standing:
    """What this replica led has ended, and the lease was given back."""
    return Leaving() if isinstance(standing, Resigning) else standing


def _led_by(standing: Standing, lease: Lease | None) -> Standing:
    match standing:
        case Following():
            return replace(standing, leader=lease)
        case Leading():
            return Following(leader=lease)
        case Resigning() | Leaving():
            return Leaving(leader=lease)
