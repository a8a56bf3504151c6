"""When a node is kept from work, and how it comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.services.fleet.circuit_breaker import JITTER, Breaker, BreakerTimes


def breaker() -> Breaker:
    return Breaker(BreakerTimes(first=10.0, longest=300.0))


def test_the_third_error_in_a_row_opens_it() -> None:
    subject = breaker()
    assert [subject.failed(float(second)) for second in range(3)] == [False, False, True]
    assert 10 * (1 - JITTER) <= subject.open_for(2.0) <= 10 * (1 + JITTER)
    assert subject.open_for(2.0 + 10 * (1 + JITTER)) == 0
    assert subject.failures == "3 errors in a row"


def test_five_errors_among_ten_open_it_however_they_are_spread() -> None:
    subject = breaker()
    for _ in range(4):
        assert not subject.failed(0.0)
        subject.succeeded()
    assert subject.failed(0.0)
    assert subject.failures == "5 errors of late"


def test_one_job_decides_and_the_pause_doubles_up_to_a_limit() -> None:
    subject, now = breaker(), 0.0
    for _ in range(3):
        subject.failed(now)
    for pause in (20, 40, 80, 160, 300, 300):
        now += subject.open_for(now)
        assert not subject.closed
        assert subject.failed(now)
        assert pause * (1 - JITTER) <= subject.open_for(now) <= pause * (1 + JITTER)
    subject.half_open(now)
    subject.succeeded()
    assert subject.closed
    assert not subject.failed(now), "and it begins anew"


def test_what_was_under_way_when_it_opened_does_not_make_it_worse() -> None:
    subject = breaker()
    for _ in range(3):
        subject.failed(0.0)
    until = subject.open_for(0.0)
    assert not subject.failed(0.1)
    assert subject.open_for(0.1) == pytest.approx(until - 0.1)


def test_good_news_of_the_node_end_the_pause_but_not_the_trial() -> None:
    subject = breaker()
    subject.half_open(0.0)
    assert subject.closed, "no news for a closed one"
    for _ in range(3):
        subject.failed(0.0)
    subject.half_open(1.0)
    assert (subject.open_for(1.0), subject.closed) == (0, False)


@given(st.lists(st.booleans(), max_size=60))
def test_it_is_open_only_after_three_in_a_row_or_five_of_ten(outcomes: list[bool]) -> None:
    subject, seen = breaker(), []
    for good in outcomes:
        if good:
            subject.succeeded()
        else:
            subject.failed(0.0)
        seen.append(good)
        if not subject.closed:
            assert seen[-3:] == [False] * 3 or seen[-10:].count(False) >= 5
            return
    assert all(seen[index : index + 3] != [False] * 3 for index in range(len(seen)))
