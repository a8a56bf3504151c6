"""A worker that is dead behind a web server that answers."""

from vibes.domain.ids import AttemptId
from vibes.domain.node import NodeQueue
from vibes.services.wedge import WedgeDetector

IDLE = NodeQueue(running=(), pending=())
WAITING = NodeQueue(running=(), pending=("a", "b"))
WORKING = NodeQueue(running=("a",), pending=("b",))
STUCK = AttemptId("a")


def test_prompts_that_wait_while_none_runs_for_seconds_show_a_dead_worker() -> None:
    detector = WedgeDetector(5.0)
    for now in (0.0, 2.5, 4.9):
        detector.look(WAITING, now)
        assert detector.reason is None
        assert detector.suspicious
    detector.look(WAITING, 5.0)
    assert detector.reason == "2 prompts wait and none runs: restart ComfyUI there"


def test_two_looks_between_two_prompts_mean_nothing_however_far_apart() -> None:
    detector = WedgeDetector(5.0)
    detector.look(WAITING, 0.0)
    detector.look(WAITING, 60.0)
    assert detector.reason is None
    detector.look(WORKING, 61.0)
    assert not detector.suspicious


def test_an_empty_queue_does_not_prove_that_it_works_again_but_a_running_prompt_does() -> None:
    detector = WedgeDetector(0.0)
    for now in (0.0, 1.0, 2.0):
        detector.look(WAITING, now)
    detector.look(IDLE, 3.0)
    assert detector.reason is not None, "we took our prompts back ourselves"
    detector.look(WORKING, 4.0)
    assert detector.reason is None


def test_a_prompt_that_is_stuck_wedges_the_node_until_it_is_gone() -> None:
    detector = WedgeDetector(5.0)
    detector.stuck(STUCK, 130.4)
    assert detector.reason == "a prompt has been running for 130 s without a sign of life: restart ComfyUI there"
    detector.look(WORKING, 131.0)
    assert detector.reason is not None
    detector.look(IDLE, 132.0)
    assert detector.reason is None
