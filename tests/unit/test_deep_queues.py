"""A queue of any length: a plan costs what it gives out, a prediction gives way, and both answer as ever."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fleet import node, waiting, work
from vibes.domain.ids import GenerationId, SessionId
from vibes.domain.priority import Priority
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import WORKS_A_STEP, outlook, outlook_in_steps, plan
from vibes.scheduling.ready_queue import ReadyQueue
from vibes.scheduling.snapshot import Snapshot, Work
from vibes.scheduling.waiting import copy_of
from vibes.services.queue.board import due_order

FLEET = (node("a"), node("b"), node("c", active={GenerationId("r"): 5.0}))
PRIORITIES = list(Priority)


class CountedQueue(ReadyQueue):
    """Notes how many works were read out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0

    def lanes(self) -> list[Iterator[Work]]:
        return [self._counted(lane) for lane in super().lanes()]

    def _counted(self, lane: Iterator[Work]) -> Iterator[Work]:
        for each in lane:
            self.read += 1
            yield each


def fill(queue: ReadyQueue, works: list[Work]) -> ReadyQueue:
    for index, each in enumerate(works):
        queue.add(each, due_order(waiting(index)))
    return queue


def works_of(lanes: list[int]) -> list[Work]:
    """One work a number, which says whose it is and how urgent."""
    return [
        work(
            f"g{index:05}",
            session_id=SessionId(f"s{lane}"),
            priority=PRIORITIES[lane % len(PRIORITIES)],
            batch_total=2,
            place=-1 if lane == 5 else 0,
        )
        for index, lane in enumerate(lanes)
    ]


def test_a_plan_reads_a_few_works_of_a_queue_of_any_length() -> None:
    queue = CountedQueue()
    fill(queue, works_of([0, 1] * 5000))
    decisions = plan(Snapshot(nodes=FLEET, ready=queue), Estimator()).decisions
    assert len(decisions) == 2
    assert queue.read < 200, "what waits behind the head of the queue is none of this plan's business"


@given(st.lists(st.integers(0, 5), max_size=60))
def test_a_sorted_queue_and_a_plain_list_are_planned_alike(lanes: list[int]) -> None:
    works = works_of(lanes)
    queue = fill(ReadyQueue(), works)
    listed, kept = Snapshot(nodes=FLEET, ready=tuple(works)), Snapshot(nodes=FLEET, ready=queue)
    estimator = Estimator()
    assert plan(kept, estimator) == plan(listed, estimator)
    copied = replace(kept, ready=copy_of(queue))
    assert outlook(kept, estimator) == outlook(listed, estimator) == outlook(copied, estimator)
    assert plan(copied, estimator) == plan(listed, estimator)


def test_what_would_be_submitted_stands_behind_what_waits_of_the_same_session() -> None:
    works = works_of([0, 1, 0])
    more = replace(works[0], generation_id=GenerationId("more"))
    asked = copy_of(fill(ReadyQueue(), works)).followed_by([more])
    assert [[each.generation_id for each in lane] for lane in asked.lanes()] == [
        ["g00000", "g00002", "more"],
        ["g00001"],
    ]
    assert len(asked) == 4
    assert list(asked)[2] == more


def test_a_prediction_of_many_pauses_after_every_few() -> None:
    snapshot = Snapshot(nodes=FLEET, ready=tuple(works_of([0] * 1000)))
    pauses = sum(1 for _ in outlook_in_steps(snapshot, Estimator()))
    assert pauses >= 2 * 1000 // WORKS_A_STEP


def test_what_is_taken_out_and_put_back_leaves_the_counts_right() -> None:
    works = works_of([0] * 10)
    other = replace(works[9], generation_id=GenerationId("other"), step_megapixels=99.0)
    queue = fill(ReadyQueue(), [*works, other])
    queue.remove([each.generation_id for each in works[:9]])
    assert queue.counts() == {works[0].kind: 1, other.kind: 1}
    queue.remove([works[9].generation_id])
    assert queue.counts() == {other.kind: 1}
    assert queue.examples() == {other.kind: other}
    queue.add(works[9], due_order(waiting(9)))
    assert queue.counts() == {works[0].kind: 1, other.kind: 1}
