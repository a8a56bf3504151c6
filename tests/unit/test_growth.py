"""What a plan costs as fleet, queue and variety grow: counted, not timed; and it decides the same as one that reads
everything."""

import random
from collections import Counter
from itertools import islice
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.fleet import node, sd15, work
from tests.unit.test_deep_queues import CountedQueue, fill
from vibes.domain.ids import GenerationId, SessionId
from vibes.domain.priority import Priority
from vibes.scheduling import planner, timing_book
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.offers import Seat
from vibes.scheduling.planner import plan
from vibes.scheduling.ready_queue import ReadyQueue
from vibes.scheduling.snapshot import NodeView, Snapshot, Work
from vibes.scheduling.timing_book import TimingBook
from vibes.scheduling.waiting import SeenOtherwise


def works_of(kinds: list[int]) -> list[Work]:
    """One a number, which says of which kind it is."""
    return [
        work(
            f"g{index:05}",
            batch_total=2,
            spec=sd15(steps=10 + kind),
            step_megapixels=float(10 + kind),
            session_id=SessionId(f"s{index % 3}"),
            priority=list(Priority)[index % 3],
        )
        for index, kind in enumerate(kinds)
    ]


def taught(seconds_each: list[float], works: list[Work]) -> Estimator:
    """An estimator that has measured each node with these works: the seconds of ten steps."""
    estimator = Estimator()
    for index, seconds in enumerate(seconds_each):
        for each in {each.kind: each for each in works}.values():
            for _ in range(3):
                estimator.observe(node(f"n{index}").id, each, seconds * each.step_megapixels / 10, warm=True)
    return estimator


def test_a_queue_in_which_nothing_is_for_a_slow_idle_node_is_not_read_to_its_end() -> None:
    """A node that would finish anything after the others have finished everything."""
    queue = CountedQueue()
    works = works_of([0, 1, 2] * 3000)
    fill(queue, works)
    fleet = (node("n0", active={GenerationId("r"): 1.0}), node("n1"))
    decisions = plan(Snapshot(nodes=fleet, ready=queue), taught([0.001, 1000.0], works)).decisions
    assert decisions == ()
    assert queue.read < 200


@given(
    st.lists(st.sampled_from([0.3, 1.0, 4.0, 60.0]), min_size=1, max_size=8),
    st.lists(st.integers(0, 4), max_size=150),
    st.integers(0, 2**16),
)
@settings(max_examples=60, deadline=None)
def test_it_decides_the_same_as_one_that_reads_the_whole_queue(
    seconds_each: list[float], kinds: list[int], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - which nodes are busy, repeatable
    works = works_of(kinds)
    fleet = tuple(_node_of(index, chance) for index in range(len(seconds_each)))
    estimator = taught(seconds_each, works)
    snapshot = Snapshot(nodes=fleet, ready=fill(ReadyQueue(), works))
    with patch.object(planner, "DEPTH", 2):  # so that most of it is poured
        quick = plan(snapshot, estimator)
        with patch.object(planner._Placing, "_pour", pour_everything):
            thorough = plan(snapshot, estimator)
    assert quick == thorough


def _node_of(index: int, chance: random.Random) -> NodeView:
    if chance.random() < 0.5:
        return node(f"n{index}")
    return node(f"n{index}", active={GenerationId(f"r{index}"): chance.choice([0.2, 2.0, 20.0])})


def pour_everything(placing: planner._Placing, vacant: list[Seat]) -> None:
    """`_Placing._pour` in its plainest form: every waiting work is looked at."""
    remaining = Counter(placing._counts)
    for kind, turns in placing._works.items():
        remaining[kind] -= len(turns)
    left = len(vacant)
    levels: dict[str, float] = {}
    while left and placing._window:
        turn = placing._window.popleft()
        placing._window.extend(islice(placing._turns, 1))
        offers = placing.timeline.offers(turn.work)
        if turn.work.kind not in levels:
            best = offers.best()
            levels[turn.work.kind] = best.finish + remaining[turn.work.kind] / offers.rate if best is not None else 0.0
        offer = offers.open_by(levels[turn.work.kind])
        if offer is not None:
            placing._place(turn, offer)
            left -= 1


def test_with_more_kinds_than_are_remembered_only_the_others_are_thought_of_anew() -> None:
    """A book that forgot the oldest for each new one would remember nothing of use."""
    works = works_of(list(range(8)))
    fleet = [node("n0"), node("n1")]
    estimator = taught([1.0, 2.0], works)
    with patch.object(timing_book, "REMEMBERED_KINDS", 6), patch.object(timing_book, "REMEMBERED_TIMINGS", 0):
        book = TimingBook(estimator)
        for _ in range(3):
            book.renew(fleet)
            told = [book.of(each, fleet) for each in works]
        with patch.object(book, "_timing", wraps=book._timing) as thought:
            book.renew(fleet)
            assert [book.of(each, fleet) for each in works] == told
        assert thought.call_count == (8 - 6) * len(fleet)
        assert told == [TimingBook(estimator).of(each, fleet) for each in works]


def test_what_no_plan_asks_for_any_more_makes_room() -> None:
    works = works_of(list(range(3)))
    fleet = [node("n0")]
    with patch.object(timing_book, "REMEMBERED_KINDS", 2), patch.object(timing_book, "REMEMBERED_TIMINGS", 0):
        book = TimingBook(Estimator())
        for asked in ([0, 1], [1], [1], [1, 2], [1, 2]):
            book.renew(fleet)
            for index in asked:
                book.of(works[index], fleet)
        with patch.object(book, "_timing", wraps=book._timing) as thought:
            book.renew(fleet)
            book.of(works[1], fleet)
            book.of(works[2], fleet)
        assert thought.call_count == 0


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=40),
    st.lists(st.sampled_from(["as it is", "hidden", "freed"]), min_size=40, max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_a_queue_of_which_some_is_seen_otherwise_is_planned_as_if_it_were_so(kinds: list[int], seen: list[str]) -> None:
    """Works that no plan can be made with are hidden, and some may return to nodes on which they failed; all others
    need not be read for that."""
    failed = frozenset({node("a").id, node("b").id})
    works = [
        each.excluding(failed) if how == "freed" else each for each, how in zip(works_of(kinds), seen, strict=False)
    ]
    instead = {
        each.generation_id: None if how == "hidden" else each.excluding(frozenset())
        for each, how in zip(works, seen, strict=False)
        if how != "as it is"
    }
    before = [each for each in works if each.generation_id in instead]
    listed = tuple(other for each in works if (other := instead.get(each.generation_id, each)) is not None)
    fleet = (node("a"), node("b"), node("c", active={GenerationId("r"): 5.0}))
    otherwise = SeenOtherwise.of(fill(ReadyQueue(), works), before, instead)
    ids = {each.generation_id for each in listed}
    assert (len(otherwise), {each.generation_id for each in otherwise}) == (len(listed), ids)
    assert Counter(otherwise.counts()) == Counter(each.kind for each in listed)
    assert otherwise.examples().keys() == otherwise.counts().keys()
    assert all(otherwise.waits(each.generation_id) == (each.generation_id in ids) for each in works)
    estimator = Estimator()
    assert plan(Snapshot(nodes=fleet, ready=otherwise), estimator) == plan(
        Snapshot(nodes=fleet, ready=listed), estimator
    )


def test_one_work_that_is_hidden_does_not_have_the_whole_queue_read() -> None:
    queue = CountedQueue()
    works = works_of([0] * 9000)
    fill(queue, works)
    seen = SeenOtherwise.of(queue, works[:1], {works[0].generation_id: None})
    decisions = plan(Snapshot(nodes=(node("a"), node("b")), ready=seen), Estimator()).decisions
    assert len(decisions) == 2
    assert queue.read < 200
