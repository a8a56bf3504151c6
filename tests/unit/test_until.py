"""Moments to come as people type them after ``--until``."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vibes.commands.fleet.until import moment

NOW = datetime(2026, 12, 7, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("23:00", "2026-12-07 23:00"),
        ("8:00", "2026-12-08 08:00"),
        ("19:30", "2026-12-08 19:30"),
        ("tomorrow 8:00", "2026-12-08 08:00"),
        ("Tomorrow", "2026-12-08 00:00"),
        ("1h", "2026-12-07 20:30"),
        (" 90m ", "2026-12-07 21:00"),
        ("1h30min", "2026-12-07 21:00"),
        ("2026-12-24T18:00", "2026-12-24 18:00"),
        ("2026-12-24 18:00+02:00", "2026-12-24 16:00"),
    ],
)
def test_a_time_of_day_a_length_or_a_date_is_understood(text: str, told: str) -> None:
    assert f"{moment(text, NOW).astimezone(UTC):%Y-%m-%d %H:%M}" == told


def test_a_time_of_day_is_that_of_the_clock_on_the_wall_also_where_the_clock_is_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2027, 3, 27, 20, tzinfo=berlin)
    assert moment("tomorrow 8:00", evening).astimezone(UTC) == datetime(2027, 3, 28, 6, tzinfo=UTC)
    assert moment("24h", evening) - evening.astimezone(UTC) == timedelta(hours=24)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "12:60", "h", "tomorrow evening"])
def test_anything_else_is_refused_with_advice(text: str) -> None:
    with pytest.raises(ValueError, match="say 23:00"):
        moment(text, NOW)
