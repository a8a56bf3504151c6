"""What is learnt of a node's speed, loading times and overhead, and which samples are ignored."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fleet import node, sd15, work
from vibes.domain.nodes.node import Tier
from vibes.domain.pictures.spec import Operation
from vibes.scheduling.estimator import CONFIDENT_SAMPLES, LEAST_SPREAD, UNPROVEN_SPREAD, Estimator
from vibes.scheduling.robust_average import RobustAverage

NODE = node("n")
JOB = work("g", step_megapixels=2.0)
OTHER = work("h", step_megapixels=2.0, spec=sd15(checkpoint="other.safetensors"))


def taught(*seconds: float) -> Estimator:
    estimator = Estimator()
    for each in seconds:
        estimator.observe(NODE.id, JOB, each, warm=True)
    return estimator


def test_one_stall_or_one_cached_answer_is_not_believed_but_three_in_a_row_are() -> None:
    estimator = taught(1.0, 1.0, 1.0, 8.0, 1.0, 0.01, 9.0)
    assert estimator.seconds(NODE, JOB) == pytest.approx(1.0)
    for _ in range(3):
        estimator.observe(NODE.id, JOB, 8.0, warm=True)
    assert estimator.seconds(NODE, JOB) == pytest.approx(8.0), "the card really is slower now"


def test_a_first_sample_that_was_a_stall_is_overcome_by_the_next_three() -> None:
    assert taught(12.0, 1.5, 1.5, 1.5).seconds(NODE, JOB) == pytest.approx(1.5)


def test_a_drift_is_followed_and_the_confidence_counts_what_was_believed() -> None:
    estimator = taught(*[1.0] * 5, *[1.4] * 10)
    assert estimator.seconds(NODE, JOB) == pytest.approx(1.4, rel=0.02)
    assert estimator.speed(NODE, JOB).samples == 15
    assert not taught(*[1.0] * (CONFIDENT_SAMPLES - 1)).confident(NODE.id, JOB)
    assert taught(*[1.0] * CONFIDENT_SAMPLES).confident(NODE.id, JOB)


def test_speeds_of_families_and_operations_are_kept_apart() -> None:
    estimator = taught(1.0)
    image_to_image = work("i", step_megapixels=2.0, spec=sd15(operation=Operation.IMG2IMG))
    assert not estimator.speed(NODE, image_to_image).samples
    assert not estimator.speed(NODE, work("x", spec=sd15(model_family="sdxl"))).samples


def test_a_cold_run_teaches_the_load_and_not_the_speed() -> None:
    estimator = taught(1.0, 1.0)
    estimator.observe(NODE.id, JOB, 16.0, warm=False)
    assert estimator.seconds(NODE, JOB) == pytest.approx(1.0)
    assert estimator.load_seconds(NODE, JOB) == pytest.approx(15.0)
    assert estimator.load_seconds(NODE, OTHER) == pytest.approx(15.0), "the nearest thing known of this node"
    cold = replace(NODE, resident_checkpoint="other.safetensors")
    assert estimator.occupied_seconds(NODE, JOB) == pytest.approx(1.0)
    assert estimator.occupied_seconds(cold, JOB) == pytest.approx(16.0)


def test_a_cold_run_before_the_first_warm_one_is_put_right_by_it() -> None:
    estimator = Estimator()
    estimator.observe(NODE.id, JOB, 12.0, warm=False)
    estimator.observe(NODE.id, JOB, 2.0, warm=True)
    assert estimator.load_seconds(NODE, JOB) == pytest.approx(10.0)


def test_after_a_restart_of_the_hub_a_run_that_was_warm_after_all_does_not_say_that_loading_is_free() -> None:
    estimator = taught(1.0, 1.0)
    guess = estimator.load_seconds(NODE, JOB)
    estimator.observe(NODE.id, JOB, 1.05, warm=None)
    assert estimator.load_seconds(NODE, JOB) == guess > 0
    estimator.observe(NODE.id, JOB, 9.0, warm=None)
    assert estimator.load_seconds(NODE, JOB) == pytest.approx(8.0)


def test_work_without_a_checkpoint_has_nothing_to_load() -> None:
    upscale = work("u", spec=sd15(checkpoint=None, operation=Operation.UPSCALE))
    assert Estimator().load_seconds(NODE, upscale) == 0


def test_the_way_there_and_back_is_kept_apart_and_paid_by_every_attempt() -> None:
    estimator = taught(1.0)
    assert estimator.overhead_seconds(NODE.id) == 0
    estimator.observe_overhead(NODE.id, 0.2)
    assert estimator.seconds(NODE, JOB) == pytest.approx(1.0)
    assert estimator.occupied_seconds(NODE, JOB) == pytest.approx(1.2)


def test_the_prompts_of_others_cost_time_and_less_on_a_better_card() -> None:
    estimator = Estimator()
    assert estimator.foreign_seconds(NODE) == 0
    slow, fast = (node("x", tier, foreign_queue_length=2) for tier in (Tier.DRAFT, Tier.PREMIUM))
    assert estimator.foreign_seconds(slow) > estimator.foreign_seconds(fast) > 0


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=60))
def test_an_average_never_leaves_what_was_seen(samples: list[float]) -> None:
    average = RobustAverage(samples[0])
    for sample in samples[1:]:
        average.add(sample)
    assert min(samples) * 0.999 <= average.value <= max(samples) * 1.001
    assert 1 <= average.samples <= len(samples)


def test_how_far_off_an_estimate_may_be_follows_from_the_samples() -> None:
    assert taught(1.0, 1.0).spread(NODE.id) == UNPROVEN_SPREAD
    assert taught(1.0, 1.0, 1.0, 1.0).spread(NODE.id) == LEAST_SPREAD
    assert 0.2 < taught(1.0, 1.3, 0.9, 1.1).spread(NODE.id) < 0.4
