"""Whether a replica leads: every move by what the database says, by its silence, and by what the process is told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.replicas.replica import Lease, ReplicaId
from vibes.replicas import standing as moves
from vibes.replicas.standing import Following, Heard, Leading, Leaving, Resigning, Standing

ME, OTHER = ReplicaId("me"), ReplicaId("other")
MINE = Lease(
    holder=ME,
    epoch=3,
    address="http://me",
    version="1",
    since=datetime(2026, 1, 1, tzinfo=UTC),
    seconds_left=15.0,
)
THEIRS = replace(MINE, holder=OTHER, epoch=4, address="http://other")
LEADING = Leading(lease=MINE, until=115.0)
RESIGNING = Resigning(lease=MINE, until=115.0)


def after(standing: Standing, lease: Lease | None, asked_at: float = 105.0) -> Standing:
    return moves.heard(standing, ME, Heard(lease=lease, asked_at=asked_at), 15.0)


def test_who_gets_the_lease_leads_until_it_runs_out_counted_from_before_the_question() -> None:
    assert after(Following(), MINE, 100.0) == LEADING
    assert after(LEADING, MINE, 105.0) == Leading(lease=MINE, until=120.0)
    assert after(RESIGNING, MINE, 105.0) == Resigning(lease=MINE, until=120.0)


def test_who_sees_another_lead_follows_and_whoever_is_leaving_goes_on_leaving() -> None:
    assert after(Following(), THEIRS) == Following(leader=THEIRS)
    assert after(LEADING, THEIRS) == Following(leader=THEIRS)
    assert after(RESIGNING, THEIRS) == Leaving(leader=THEIRS)
    assert after(Leaving(), THEIRS) == Leaving(leader=THEIRS)
    assert after(Leaving(), MINE) == Leaving(), "it gave that back, and takes no new one"


def test_a_lease_that_was_anothers_in_between_is_no_going_on() -> None:
    assert after(LEADING, replace(MINE, epoch=5)) == Following(), "what runs in epoch 3 has to end first"


@pytest.mark.parametrize(("standing", "silent"), [(LEADING, Following()), (RESIGNING, Leaving())])
def test_silence_ends_leading_only_when_another_may_lead(standing: Standing, silent: Standing) -> None:
    assert moves.unanswered(standing, 114.9) == standing
    assert moves.unanswered(standing, 115.0) == silent


def test_who_follows_goes_on_with_the_leader_that_it_knows_while_the_database_is_silent() -> None:
    known = Following(leader=THEIRS)
    assert moves.unanswered(known, 1000.0) == known


def test_a_refused_write_ends_leading_at_once_but_only_that_of_its_own_epoch() -> None:
    assert moves.refused(LEADING, 3) == Following()
    assert moves.refused(RESIGNING, 3) == Leaving()
    assert moves.refused(LEADING, 2) == LEADING


def test_who_could_not_lead_lets_others_try_for_a_while() -> None:
    rested = moves.failed(LEADING, 3, 100.0)
    assert rested == Following(seeks_from=105.0)
    assert not moves.seeks(rested, 104.9)
    assert moves.seeks(rested, 105.0)
    assert not moves.seeks(after(rested, None), 104.9), "what it hears meanwhile does not change that"
    assert after(rested, MINE, 104.9) == rested, "nor does its own lease, which it is just giving back"
    assert after(rested, MINE, 105.0) == Leading(lease=MINE, until=120.0)
    assert moves.failed(RESIGNING, 3, 100.0) == Leaving()


def test_who_is_told_to_end_gives_back_what_it_has_once_its_hub_has_ended() -> None:
    assert moves.told_to_end(Following(leader=THEIRS)) == Leaving(leader=THEIRS)
    assert moves.told_to_end(LEADING) == RESIGNING
    assert moves.seeks(RESIGNING, 0.0), "it is renewed until then"
    assert moves.hub_ended(RESIGNING) == Leaving()
    assert not moves.seeks(Leaving(), 1e9)


STANDINGS = st.sampled_from(
    [Following(), Following(leader=THEIRS), LEADING, RESIGNING, Leaving(), Leaving(leader=THEIRS)]
)


@given(STANDINGS, st.integers(1, 6), st.floats(0, 300))
def test_a_mandate_needs_the_lead_of_that_very_epoch_and_time_that_is_left(
    standing: Standing, epoch: int, now: float
) -> None:
    may = moves.mandate(standing, epoch, now)
    assert may == (isinstance(standing, Leading | Resigning) and epoch == 3 and now < 115.0)


@given(STANDINGS, st.sampled_from([None, MINE, THEIRS]), st.floats(0, 300))
def test_nobody_ever_leads_again_who_was_told_to_end(standing: Standing, lease: Lease | None, now: float) -> None:
    told = moves.told_to_end(standing)
    for news in (
        after(told, lease, now),
        moves.unanswered(told, now),
        moves.refused(told, 3),
        moves.failed(told, 3, now),
    ):
        assert isinstance(news, Resigning | Leaving)
