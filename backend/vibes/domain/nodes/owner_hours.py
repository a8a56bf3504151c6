"""The hours in which a machine belongs to its owner, as people write them, and when they begin and end."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

DEFAULT_GRACE_SECONDS = 30.0
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = frozenset(range(len(_DAYS)))
_SPAN = re.compile(r"(?:([A-Za-z]+(?:[-,][A-Za-z]+)*)\s*)?(?:(\d{1,2}:\d{2})-(\d{1,2}:\d{2}))?")
_LONGEST_DAYS = 8
"""A spell that is longer covers the whole week, so it never ends."""
_ADVICE = 'say for example "Mon-Fri 18:00-23:00", "Sat-Sun" or "22:00-06:30"'
_PRECISION = timedelta(seconds=1)
_DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60


class WhenNeeded(StrEnum):
    """What becomes of the work on a machine that its owner needs. Nothing new begins on it, and what waits there is
    taken back, in any case."""

    FINISH = "finish"
    """What runs is finished."""
    MOVE = "move"
    """What runs is finished if it ends within a grace; else it is stopped and drawn elsewhere."""
    NOW = "now"
    """What runs is stopped at once and drawn elsewhere."""


class Spell(NamedTuple):
    """A time in which the machine is its owner's: from ``begin`` up to, but not including, ``end``, both in UTC."""

    begin: datetime
    end: datetime | None
    """None: it never ends."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some hours on some days of every week; 0 is Monday."""

    days: frozenset[int]
    start: int
    """Minutes after midnight, as a clock on the wall shows them."""
    end: int
    """Likewise, and on the next day where it is not after ``start``; 1440 is midnight."""
    text: str
    """As a person wrote it."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """``[DAYS] [HH:MM-HH:MM]``: every day without days, the whole day without hours. Raises ValueError, with
        advice."""
        found = _SPAN.fullmatch(text.strip())
        if found is None or not text.strip():
            raise ValueError(f"{text!r} names no hours: {_ADVICE}")
        days, start, end = found.groups()
        chosen = _WEEK if days is None or days.lower() == "daily" else _days_in(days)
        if start is None:
            return cls(chosen, 0, _MIDNIGHT, text.strip())
        first, last = _minutes(start), _minutes(end)
        if first in {last, _MIDNIGHT}:
            raise ValueError(f"{text!r} has no length; a whole day needs no hours: {_ADVICE}")
        return cls(chosen, first, last, text.strip())


@dataclass(frozen=True, slots=True)
class OwnerHours:
    """Spans of a week on the clock of one place.

    A spell begins at the first moment at which that clock shows its start or more, and ends at the last one before
    which it shows less than its end: where the clock is put back, the owner has the machine for the longer of the two
    readings, and where it is put forward over a start or an end, that is the moment of the jump.
    """

    spans: tuple[Span, ...]
    timezone: str | None = None
    """By its IANA name; None: that of the hub's machine."""

    def spell(self, at: datetime, zone: tzinfo | None) -> Spell | None:
        """The one in which ``at`` lies, else the next; None where there are no hours. Spells that touch are one.

        ``zone``: that of ``timezone``; None: that of this machine.
        """
        return next(self.spells(at, zone), None)

    def spells(self, at: datetime, zone: tzinfo | None) -> Iterator[Spell]:
        """The same and those after it, for a week."""
        for begin, end in _around(self.spans, zone, at.astimezone(zone).date()):
            if begin > at + timedelta(days=_LONGEST_DAYS):
                return
            if end > at:
                yield Spell(begin, None if end - begin > timedelta(days=_LONGEST_DAYS) else end)


@lru_cache(maxsize=1024)
def _around(spans: tuple[Span, ...], zone: tzinfo | None, today: date) -> tuple[tuple[datetime, datetime], ...]:
    """The spells of the days around this one. Kept, since plans ask many times a second, and for hundreds of machines
    whose owners have the same hours."""
    days = [today + timedelta(days=offset) for offset in range(-_LONGEST_DAYS - 1, 2 * _LONGEST_DAYS + 1)]
    midnights = {day: _utc(datetime.combine(day, time.min), zone, fold=0) for day in (*days, days[-1] + _DAY)}
    ordinary = {day for day in days if midnights[day + _DAY] - midnights[day] == _DAY}

    def passes(day: date, minutes: int) -> tuple[datetime, datetime]:
        if day in ordinary:
            moment = midnights[day] + timedelta(minutes=minutes)
            return moment, moment
        return _readings(day, minutes, zone)

    found = []
    for day in days:
        for span in spans:
            if day.weekday() in span.days:
                begin = passes(day, span.start)[0]
                end = passes(day + timedelta(days=span.end <= span.start), span.end)[1]
                if begin < end:  # all of it may lie in an hour that the clock leaves out
                    found.append((begin, end))
    return tuple(_joined(sorted(found)))


def _utc(shown: datetime, zone: tzinfo | None, *, fold: int) -> datetime:
    return datetime.fromtimestamp(shown.replace(tzinfo=zone, fold=fold).timestamp(), UTC)


def _readings(day: date, minutes: int, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """The first and the last moment at which the clock passes this time."""
    midnight = datetime.combine(day + timedelta(days=minutes // _MIDNIGHT), time.min)
    shown = midnight + timedelta(minutes=minutes % _MIDNIGHT)
    first, last = (_utc(shown, zone, fold=fold) for fold in (0, 1))
    if first <= last:
        return first, last
    jump = _jump(last, first, zone)  # the clock never shows it
    return jump, jump


def _jump(before: datetime, after: datetime, zone: tzinfo | None) -> datetime:
    """When the clock is put forward, between these two."""
    old = before.astimezone(zone).utcoffset()
    while after - before > _PRECISION:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def parse_hours(texts: Sequence[str], timezone: str | None) -> OwnerHours:
    """Raises ValueError, with advice."""
    return OwnerHours(tuple(map(Span.parse, texts)), timezone)


def when(moment: datetime, now: datetime, zone: tzinfo | None) -> str:
    """A moment to come on the clock of that zone, as short as it is clear at ``now``: ``23:00 CET``, ``Tue 08:00 CET``,
    ``12 Dec 08:00 CET``."""
    there, here = moment.astimezone(zone), now.astimezone(zone)
    clock = f"{there:%H:%M %Z}"
    if there.date() == here.date():
        return clock
    near = there.date() - here.date() < timedelta(days=len(_DAYS))
    return f"{_DAYS[there.weekday()][:3].title() if near else f'{there.day} {_MONTHS[there.month - 1]}'} {clock}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Those that overlap or touch as one; they come by their begin."""
    current: tuple[datetime, datetime] | None = None
    for begin, end in spans:
        if current is not None and begin <= current[1]:
            current = current[0], max(current[1], end)
        else:
            if current is not None:
                yield current
            current = begin, end
    if current is not None:
        yield current


def _days_in(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, *last = (_day(name) for name in part.split("-"))
        if len(last) > 1:
            raise ValueError(f"{part!r} is no span of days: {_ADVICE}")
        until = last[0] if last else first
        days.update((first + offset) % len(_DAYS) for offset in range((until - first) % len(_DAYS) + 1))
    return frozenset(days)


def _day(name: str) -> int:
    known = [index for index, day in enumerate(_DAYS) if len(name) > 1 and day.startswith(name.lower())]
    if len(known) != 1:
        raise ValueError(f"{name!r} is no day of the week: {_ADVICE}")
    return known[0]


def _minutes(text: str) -> int:
    hours, minutes = map(int, text.split(":"))
    if not (hours < 24 and minutes < 60) and (hours, minutes) != (24, 0):  # noqa: PLR2004 - a clock's
        raise ValueError(f"{text!r} is no time of day: from 00:00 to 24:00")
    return hours * 60 + minutes
