"""Which pictures go by themselves, whatever there is and whatever the limits are."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOON
from vibes.domain.ids import GenerationId
from vibes.domain.pictures.retention import YOUNG, Expendable, KeepRules, leaving

AGES = st.lists(st.tuples(st.floats(0, 400), st.integers(0, 10**9)), max_size=30)
RULES = st.builds(KeepRules, st.none() | st.floats(0.5, 300), st.none() | st.floats(0.001, 20))


def pictures(ages: list[tuple[float, int]]) -> list[Expendable]:
    """By age in days and size in bytes."""
    oldest_first = sorted(ages, reverse=True)
    return [
        Expendable(GenerationId(str(number)), NOON - timedelta(days=days), size)
        for number, (days, size) in enumerate(oldest_first)
    ]


@given(AGES, st.integers(0, 10**10), RULES)
def test_the_oldest_go_and_no_more_than_needed(ages: list[tuple[float, int]], marked: int, rules: KeepRules) -> None:
    """``marked``: bytes of pictures that nobody may let go."""
    there = pictures(ages)
    total = marked + sum(each.bytes for each in there)
    found = leaving(there, total, rules, NOON)
    going, stay = list(found.pictures), there[len(found.pictures) :]
    assert going == there[: len(going)], "the oldest ones"
    allowed = None if rules.gigabytes is None else round(rules.gigabytes * 10**9)
    left = total - found.bytes
    assert found.too_much == (max(0, left - allowed) if allowed is not None else 0)
    for each in stay:
        assert rules.days is None or each.finished_at >= NOON - timedelta(days=rules.days)
    if stay and allowed is not None and left > allowed:
        assert stay[0].finished_at >= NOON - YOUNG, "only the young stay above the limit"
    if going:
        last = going[-1]
        too_old = rules.days is not None and last.finished_at < NOON - timedelta(days=rules.days)
        assert too_old or (allowed is not None and left + last.bytes > allowed), "the last one had to go"


@given(AGES)
def test_without_limits_everything_stays(ages: list[tuple[float, int]]) -> None:
    assert leaving(pictures(ages), 10**15, KeepRules(), NOON).pictures == ()
    assert not KeepRules().any
