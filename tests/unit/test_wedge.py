"""A worker that stands still behind an HTTP that answers is told from one that is merely slow."""

from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import NodeQueue
from vibes.services.fleet.wedge_detector import LOOKS, WedgeDetector


def queue(running: str = "", pending: str = "") -> NodeQueue:
    """One letter a prompt."""
    return NodeQueue(running=tuple(running), pending=tuple(pending))


def looked_at(*looks: tuple[float, NodeQueue]) -> WedgeDetector:
    detector = WedgeDetector(idle_seconds=5.0)
    for now, seen in looks:
        detector.look(seen, now)
    return detector


STILL = queue(pending="ab")


def test_prompts_that_wait_five_seconds_while_none_runs_are_a_wedge_with_advice() -> None:
    detector = looked_at((0, STILL), (2, STILL), (5, STILL))
    assert str(detector.reason) == "2 prompts wait and none runs: restart ComfyUI there"


def test_a_moment_between_post_and_start_is_none_but_is_looked_at_again_soon() -> None:
    detector = looked_at((0, STILL), (1, STILL))
    assert detector.reason is None
    assert detector.suspicious
    detector.look(queue(running="a", pending="b"), 2)
    assert not detector.suspicious


def test_one_long_gap_between_two_looks_proves_nothing() -> None:
    assert looked_at((0, STILL), (60, STILL)).reason is None


def test_a_queue_whose_head_changes_moves_although_none_was_seen_running() -> None:
    assert looked_at((0, queue(pending="abc")), (3, queue(pending="bc")), (6, queue(pending="c"))).reason is None


def test_a_foreign_prompt_that_runs_for_hours_is_no_wedge() -> None:
    assert looked_at(*((now, queue(running="f", pending="ab")) for now in range(0, 7200, 10))).reason is None


def test_it_is_over_when_a_prompt_runs_or_the_queue_is_empty() -> None:
    for mended in (queue(running="a"), queue()):
        detector = looked_at((0, STILL), (3, STILL), (6, STILL), (7, mended))
        assert detector.reason is None
        assert not detector.suspicious


def test_deleting_some_of_what_waits_heals_nothing() -> None:
    detector = looked_at((0, STILL), (3, STILL), (6, STILL), (7, queue(pending="b")))
    assert detector.reason is not None


def test_a_silent_prompt_is_a_wedge_until_it_is_gone_or_heard_again() -> None:
    detector = WedgeDetector(idle_seconds=5.0)
    detector.stuck(AttemptId("a"), 130)
    detector.look(queue(running="a", pending="b"), 1)
    assert str(detector.reason) == "its prompt has not moved for 130 s: restart ComfyUI there"
    detector.look(queue(running="b"), 2)
    assert not detector.suspicious
    detector.stuck(AttemptId("b"), 130)
    detector.clear()
    assert not detector.suspicious


def test_the_advice_for_one_that_hangs_while_it_reads_a_file_is_to_look_at_the_disk_first() -> None:
    detector = WedgeDetector(idle_seconds=5.0)
    detector.stuck(AttemptId("a"), 970, reading="sd_xl_base_1.0.safetensors")
    assert str(detector.reason) == (
        "it has been reading sd_xl_base_1.0.safetensors for 970 s: see whether the disk or network drive with its "
        "models still answers, then restart ComfyUI there"
    )


def test_a_silent_prompt_that_leaves_others_waiting_with_none_running_stays_a_wedge() -> None:
    detector = WedgeDetector(idle_seconds=5.0)
    detector.stuck(AttemptId("a"), 130)
    detector.look(queue(pending="b"), 1)
    assert detector.reason is not None


Queues = st.builds(queue, st.sampled_from(["", "", "a", "b"]), st.sampled_from(["", "a", "bc", "abc"]))


@given(st.lists(st.tuples(st.floats(0.1, 3.0), Queues), max_size=40))
def test_only_a_head_that_stood_still_long_enough_opens_a_wedge_and_work_always_ends_it(
    looks: list[tuple[float, NodeQueue]],
) -> None:
    detector, now = WedgeDetector(idle_seconds=5.0), 0.0
    still: list[tuple[float, str]] = []
    for pause, seen in looks:
        now += pause
        was = detector.reason
        detector.look(seen, now)
        idle = bool(seen.pending) and not seen.running
        if not idle:
            still = []
            assert detector.reason is None
            continue
        if still and still[-1][1] != seen.pending[0]:
            still = []
        still.append((now, seen.pending[0]))
        if was is None:
            proven = len(still) >= LOOKS and now - still[0][0] >= 5.0
            assert (detector.reason is not None) == proven
        else:
            assert detector.reason == was
