"""What a machine's owner said about lending it, and what that means for the work that it has. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

from vibes.domain.nodes.node import NodeConfig
from vibes.domain.nodes.owner_hours import Spell, WhenNeeded, when
from vibes.domain.reason import Reason, ReasonCode

DRAINED = Reason(ReasonCode.DRAINED, "drained: it gets nothing new until it is resumed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """A person wants the machine for something else."""

    since: datetime
    until: datetime | None = None
    """Then it is lent again by itself; None: when a person resumes it."""
    running: WhenNeeded = WhenNeeded.FINISH
    free: bool = False
    """Whether its models are unloaded once it is idle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A person lends the machine although it is theirs by its hours."""

    since: datetime
    until: datetime | None
    """None: until they say otherwise."""


Word = Drain | Loan
"""The latest word of a person about one machine."""


class Held(NamedTuple):
    """The owner has the machine."""

    spell: Spell
    running: WhenNeeded
    free: bool
    reason: Reason


def expired(word: Word | None, now: datetime) -> bool:
    return word is not None and word.until is not None and word.until <= now


def held(current: Spell, word: Word | None, config: NodeConfig, now: datetime, zone: tzinfo | None) -> Held | None:
    """Why and how the owner has the machine now; None while it is lent. ``current``: the first of `spells`."""
    if current.begin > now:
        return None
    until = None if current.end is None else when(current.end, now, zone)
    if isinstance(word, Drain) and not expired(word, now):
        reason = Reason(ReasonCode.DRAINED, f"drained until {until}, then it is lent again") if until else DRAINED
        return Held(Spell(word.since, current.end), word.running, word.free, reason)
    reason = Reason(ReasonCode.OWNER_HOURS, f"belongs to its owner{f' until {until}' if until else ''}")
    return Held(current, config.when_needed, free=True, reason=reason)


def spells(by_hours: Iterable[Spell], word: Word | None, now: datetime) -> Iterator[Spell]:
    """When the owner has the machine, from now on, as far as is known: apart from one another. ``by_hours``: as long as
    nobody says otherwise."""
    match word:
        case _ if expired(word, now):
            yield from by_hours
        case Drain(since=since, until=until):
            yield from _joined(Spell(min(since, now), until), by_hours)
        case Loan(until=until):
            yield from _without(until, by_hours)
        case None:
            yield from by_hours


def _joined(drain: Spell, by_hours: Iterable[Spell]) -> Iterator[Spell]:
    """The drain has begun, so it is the first."""
    begin, end = drain
    later: list[Spell] = []
    for each in by_hours:
        if end is not None and each.begin > end:
            later.append(each)
        elif end is not None:
            end = None if each.end is None else max(end, each.end)
    yield Spell(begin, end)
    yield from later


def _without(until: datetime | None, by_hours: Iterable[Spell]) -> Iterator[Spell]:
    for each in by_hours:
        if until is not None and (each.end is None or each.end > until):
            yield Spell(max(each.begin, until), each.end)


class Step(StrEnum):
    """What is to be done about one attempt on a machine that its owner has."""

    WAIT = "wait"
    TAKE_BACK = "take back"
    """From the machine's queue, where it has not begun."""
    MOVE = "move"
    """Stopped there, to be drawn elsewhere."""


def step(running: WhenNeeded, *, waits: bool, charges: bool, left: float, grace: float) -> Step:
    """``waits``: it has not begun there. ``charges``: it is paid for, so that it is never stopped. ``left``: estimated
    seconds until it ends. ``grace``: seconds that are left to it."""
    if waits:
        return Step.TAKE_BACK
    if charges or running is WhenNeeded.FINISH:
        return Step.WAIT
    return Step.MOVE if running is WhenNeeded.NOW or left > grace else Step.WAIT
