"""When a machine belongs to its owner: spans of a week as people write them, over midnight and changes of the clock."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibes.domain.nodes.owner_hours import Spell, parse_hours, when
from vibes.services.fleet.entries.zones import zone_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
MINUTE = timedelta(minutes=1)


def berlin(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def spell(at: datetime, *texts: str, zone: str = "Europe/Berlin") -> Spell | None:
    return parse_hours(texts, zone).spell(at, zone_of(zone))


def test_an_evening_begins_and_ends_by_the_clock_on_the_owners_wall() -> None:
    evening = (berlin("2026-12-01 18:00"), berlin("2026-12-01 23:00"))
    for at in ("2026-12-01 17:59", "2026-12-01 18:00", "2026-12-01 22:59"):
        assert spell(berlin(at), "Mon-Fri 18:00-23:00") == evening
    assert spell(berlin("2026-12-01 23:00"), "Mon-Fri 18:00-23:00") == tuple(
        each + timedelta(days=1) for each in evening
    )


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("Sat-Sun", "2026-12-05 00:00", "2026-12-07 00:00"),
        ("Fri 22:00-06:30", "2026-12-04 22:00", "2026-12-05 06:30"),
        ("sat-mon 08:00-10:00", "2026-12-05 08:00", "2026-12-05 10:00"),
        ("Thursday,Sat", "2026-12-03 00:00", "2026-12-04 00:00"),
        ("20:00-24:00", "2026-12-02 20:00", "2026-12-03 00:00"),
        ("daily 00:00-01:00", "2026-12-03 00:00", "2026-12-03 01:00"),
    ],
)
def test_days_and_hours_are_written_as_people_do(text: str, begin: str, end: str) -> None:
    assert spell(berlin("2026-12-02 12:00"), text) == (berlin(begin), berlin(end))


def test_hours_that_overlap_or_touch_are_one_spell() -> None:
    texts = ("Mon-Fri 18:00-23:00", "Fri 22:00-08:00", "Sat-Sun", "Mon 00:00-02:00")
    assert spell(berlin("2026-12-04 19:00"), *texts) == (berlin("2026-12-04 18:00"), berlin("2026-12-07 02:00"))


def test_what_is_always_the_owners_never_ends_and_what_has_no_hours_never_begins() -> None:
    always = spell(berlin("2026-12-04 19:00"), "Mon-Fri", "Sat-Sun 00:00-12:00", "Sat,Sun 12:00-24:00")
    assert always is not None
    assert always.end is None
    assert always.begin < berlin("2026-12-04 19:00")
    assert spell(berlin("2026-12-04 19:00")) is None


def test_where_the_clock_is_put_back_the_owner_has_the_longer_night() -> None:
    begin, end = berlin("2026-10-25 01:00"), berlin("2026-10-25 02:30", fold=1)
    assert end - begin == timedelta(hours=2.5)
    assert spell(berlin("2026-10-25 00:00"), "01:00-02:30") == (begin, end)
    late = spell(berlin("2026-10-25 00:00"), "02:30-04:00")
    assert late == (berlin("2026-10-25 02:30", fold=0), berlin("2026-10-25 04:00"))


def test_where_the_clock_is_put_forward_hours_that_it_never_shows_are_at_the_jump() -> None:
    jump = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert spell(berlin("2027-03-28 00:00"), "02:30-05:00") == (jump, berlin("2027-03-28 05:00"))
    assert spell(berlin("2027-03-28 00:00"), "01:00-02:30") == (berlin("2027-03-28 01:00"), jump)
    assert spell(berlin("2027-03-28 00:00"), "02:10-02:50") == (berlin("2027-03-29 02:10"), berlin("2027-03-29 02:50"))


def test_without_a_zone_the_clock_of_the_hubs_machine_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        hours = parse_hours(["Mon-Fri 18:00-23:00", "02:30-05:00"], None)
        assert hours.spell(berlin("2026-12-01 17:00"), None) == (berlin("2026-12-01 18:00"), berlin("2026-12-01 23:00"))
        assert hours.spell(berlin("2027-03-28 00:00"), None) == spell(berlin("2027-03-28 00:00"), "02:30-05:00")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "names no hours"),
        ("18-23", "names no hours"),
        ("Mon 25:00-26:00", "no time of day"),
        ("Mon 18:00-23:60", "no time of day"),
        ("Mon 18:00-18:00", "has no length"),
        ("Mon 24:00-10:00", "has no length"),
        ("Foo 18:00-20:00", "no day of the week"),
        ("T 18:00-20:00", "no day of the week"),
        ("Mon-Wed-Fri", "no span of days"),
        ("Mon;Tue", "names no hours"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        parse_hours([text], None)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc/passwd", "", "Europe"])
def test_a_zone_that_does_not_exist_is_refused_with_advice(name: str) -> None:
    with pytest.raises(ValueError, match=r"no time zone .*Europe/Berlin"):
        zone_of(name)


def test_a_moment_is_told_as_short_as_it_is_clear() -> None:
    now = berlin("2026-12-02 12:00")
    assert [when(berlin(at), now, BERLIN) for at in ("2026-12-02 23:00", "2026-12-03 08:00", "2026-12-12 08:00")] == [
        "23:00 CET",
        "Thu 08:00 CET",
        "12 Dec 08:00 CET",
    ]


MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE)
DAYS = st.sampled_from(["", "Mon ", "Mon-Fri ", "Sat-Sun ", "Sun-Tue ", "Wed,Sat "])
TIMES = st.integers(0, 1439)


@st.composite
def spans(draw: st.DrawFn) -> str:
    start, end = draw(TIMES), draw(TIMES)
    days = draw(DAYS)
    if start == end:
        return days.strip() or "daily"
    return f"{days}{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


@settings(max_examples=150, deadline=None)
@given(st.lists(spans(), min_size=1, max_size=3), MOMENTS, st.sampled_from(ZONES))
def test_spells_are_what_the_clock_on_the_wall_says(texts: list[str], at: datetime, zone: str) -> None:
    """Away from changes of the clock a moment is the owner's exactly if the shown time lies in a span."""
    hours, there = parse_hours(texts, zone), ZoneInfo(zone)
    found = hours.spell(at, there)
    shown = at.astimezone(there)
    offsets = {(at + timedelta(days=days)).astimezone(there).utcoffset() for days in range(-2, 3)}
    if len(offsets) == 1:
        minute = shown.hour * 60 + shown.minute
        mine = any(
            (shown.weekday() in span.days and span.start <= minute < (span.end if span.end > span.start else 1440))
            or ((shown.weekday() - 1) % 7 in span.days and minute < span.end <= span.start)
            for span in hours.spans
        )
        assert mine == (found is not None and found.begin <= at)


@settings(max_examples=150, deadline=None)
@given(st.lists(spans(), min_size=1, max_size=3), MOMENTS, st.sampled_from(ZONES))
def test_spells_follow_one_another_and_are_the_same_whenever_they_are_asked_for(
    texts: list[str], at: datetime, zone: str
) -> None:
    hours, there = parse_hours(texts, zone), ZoneInfo(zone)
    found = list(hours.spells(at, there))
    for earlier, later in pairwise(found):
        assert earlier.end is not None
        assert earlier.begin < earlier.end < later.begin
    for begin, end in found[:3]:
        if end is not None:
            inside = max(begin, at) + (end - max(begin, at)) / 2
            assert hours.spell(inside, there) == (begin, end)
            after = hours.spell(end, there)
            assert after is None or after.begin > end
