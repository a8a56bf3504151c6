"""How long a node has owed an answer, and how a plan treats one that answers nothing."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.fakes import FakeClock
from tests.unit.fleet import node
from tests.unit.test_second_looks import ESTIMATOR, FAST, PREFETCHED, RUNNING, SLOW, decided, run, running
from vibes.domain.errors import NodeError, NodeMisbehaved, NodeUnclear, NodeUnreachable, PromptRejected
from vibes.scheduling.decisions import SecondAttempt, TakeBack
from vibes.scheduling.second_attempts import straggles_in
from vibes.scheduling.snapshot import Prefetched
from vibes.services.fleet.silence import Silence


class Watched:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.turns = 0
        self.silence = Silence(5.0, self.clock.monotonic, self._turned)

    def _turned(self) -> None:
        self.turns += 1


async def test_a_question_that_waits_is_a_silence_from_when_it_was_asked() -> None:
    node = Watched()
    assert node.silence.seconds == 0
    with node.silence.question():
        node.clock.advance(4)
        assert (node.silence.seconds, node.silence.long) == (4, False)
        with node.silence.question():
            node.clock.advance(2)
        assert node.silence.seconds == 0, "the second one was answered: it is slow, and not dead"
        node.clock.advance(5)
        assert node.silence.long
        node.silence.heard()
        assert node.silence.seconds == 0, "whatever it says"
    assert node.silence.seconds == 0
    assert node.turns == 2, "it was long twice"


@pytest.mark.parametrize("error", [NodeUnreachable("no answer in time"), NodeUnclear("the connection broke")])
async def test_a_question_that_had_no_answer_goes_on_counting(error: NodeError) -> None:
    node = Watched()
    node.clock.advance(100)
    for _ in range(2):
        with suppress(NodeError), node.silence.question():
            node.clock.advance(3)
            raise error
    assert (node.silence.seconds, node.silence.long) == (6, True)
    with node.silence.question():
        assert node.silence.long
    assert node.silence.seconds == 0


@pytest.mark.parametrize("error", [NodeMisbehaved("a page of HTML"), PromptRejected("steps: 0 is too small")])
async def test_a_refusal_and_nonsense_are_answers(error: NodeError) -> None:
    node = Watched()
    with suppress(NodeError), node.silence.question():
        node.clock.advance(6)
        raise error
    assert node.silence.seconds == 0


@pytest.mark.parametrize(("waited", "silent"), [(0.1, 0.0), (6.0, 7.0)])
async def test_that_nobody_waits_any_longer_proves_nothing_unless_it_was_long(waited: float, silent: float) -> None:
    node = Watched()
    with suppress(asyncio.CancelledError), node.silence.question():
        node.clock.advance(waited)
        raise asyncio.CancelledError
    node.clock.advance(1)
    assert node.silence.seconds == pytest.approx(silent)


WAITING_THERE = Prefetched(work=PREFETCHED, node_id=FAST)


def test_what_waits_on_a_node_that_owes_every_answer_is_taken_back_whatever_that_costs() -> None:
    stands = running(FAST, left=0.5, behind=PREFETCHED)
    assert decided(stands, node(SLOW), prefetched=(WAITING_THERE,)) == (), "it would be later there"
    assert decided(replace(stands, silent=True), node(SLOW), prefetched=(WAITING_THERE,)) == (
        TakeBack(PREFETCHED.generation_id, FAST),
    )
    assert decided(replace(stands, silent=True), prefetched=(WAITING_THERE,)) == (), "there is no other"


def test_what_runs_there_is_started_a_second_time_at_once_however_long_it_was_thought_to_take() -> None:
    stands = replace(running(FAST, left=50.0), silent=True)
    assert decided(stands, node(SLOW), runs=(run(age=6.0, expected=60.0),)) == ()
    [second] = decided(stands, node(SLOW), runs=(run(age=6.0, expected=60.0, unanswered=True),))
    assert second == SecondAttempt(RUNNING.generation_id, SLOW, ESTIMATOR.seconds(node(SLOW), RUNNING))
    assert straggles_in(run(age=6.0, expected=60.0, unanswered=True)) == 0
