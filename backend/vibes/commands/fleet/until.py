"""A moment to come, as people type it: ``23:00``, ``tomorrow 8:00``, ``90m``, or in full."""

import re
from datetime import UTC, datetime, time, timedelta

_LENGTH = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?:in)?)?")
_TIME = re.compile(r"(tomorrow\s*)?(\d{1,2}:\d{2})?")
ADVICE = "say 23:00, tomorrow 8:00, 1h, 90m, or 2026-12-24T18:00"


def moment(text: str, now: datetime) -> datetime:
    """On the clock of ``now``, whose zone may be that of this machine (none); a time of day is the next one. Raises
    ValueError, with advice."""
    said = text.strip().lower()
    if (length := _LENGTH.fullmatch(said)) and said:
        return now.astimezone(UTC) + timedelta(hours=int(length[1] or 0), minutes=int(length[2] or 0))
    if (found := _TIME.fullmatch(said)) and said:
        return _on_a_day(found[2], now, tomorrow=found[1] is not None)
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time: {ADVICE}") from None
    return given if given.tzinfo else given.replace(tzinfo=now.tzinfo)


def _on_a_day(clock: str | None, now: datetime, *, tomorrow: bool) -> datetime:
    try:
        shown = time.fromisoformat((clock or "0:00").zfill(5))
    except ValueError:
        raise ValueError(f"{clock} is no time of day: {ADVICE}") from None
    today = datetime.combine(now.date(), shown, tzinfo=now.tzinfo)
    return today + timedelta(days=1) if tomorrow or today <= now else today
