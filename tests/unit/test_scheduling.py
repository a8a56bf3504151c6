"""The plan and what it rests on, by plain calls."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fleet import CHECKPOINT, INVENTORY, node, sd15, waiting, work
from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFile, ModelFolder, NodeState, Tier
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.spec import Operation, TaskType
from vibes.domain.reason import Reason, ReasonCode
from vibes.scheduling.bounds import lower_bound_seconds
from vibes.scheduling.decisions import Assign
from vibes.scheduling.eligibility import never_reason, not_stranded, refusals, waiting_reason
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import outlook, plan
from vibes.scheduling.ready_queue import DueOrder, ReadyQueue
from vibes.scheduling.snapshot import NodeView, Snapshot, Work
from vibes.services.queue.board import due_order

FLEET = (
    node("premium", Tier.PREMIUM),
    node("quality", Tier.QUALITY),
    node("standard", Tier.STANDARD),
    node("draft", Tier.DRAFT),
)


def assigned(nodes: tuple[NodeView, ...], *ready: Work, estimator: Estimator | None = None) -> dict[str, str]:
    decisions = plan(Snapshot(nodes=nodes, ready=ready), estimator or Estimator()).decisions
    return {decision.generation_id: decision.node_id for decision in decisions}


def test_a_batch_fills_the_fastest_nodes_first() -> None:
    batch = [work(f"g{index}", batch_total=20) for index in range(20)]
    assert assigned(FLEET, *batch) == {"g0": "premium", "g1": "quality", "g2": "standard", "g3": "draft"}


def test_a_measured_speed_beats_the_guess_from_the_tier() -> None:
    estimator = Estimator()
    estimator.observe(NodeId("draft"), work("before"), 0.1, warm=True)
    assert assigned(FLEET, work("g", batch_total=2), estimator=estimator) == {"g": "draft"}


def test_a_single_draft_leaves_the_best_card_free_and_quality_work_takes_it() -> None:
    assert assigned(FLEET, work("g")) == {"g": "draft"}
    for task_type in (TaskType.QUALITY, TaskType.FLUX_QUALITY, TaskType.UPSCALE):
        assert assigned(FLEET, work("g", spec=sd15(task_type=task_type))) == {"g": "premium"}


def test_when_the_preferred_tier_is_busy_the_next_one_takes_it() -> None:
    busy = replace(FLEET[0], active={GenerationId("other"): 3.0})
    assert assigned((busy, *FLEET[1:]), work("g", spec=sd15(task_type=TaskType.QUALITY))) == {"g": "quality"}


def test_a_degraded_node_is_used_last() -> None:
    slow = replace(FLEET[0], state=NodeState.DEGRADED)
    nodes = (slow, *FLEET[1:])
    assert assigned(nodes, work("g", spec=sd15(task_type=TaskType.QUALITY))) == {"g": "quality"}
    assert assigned((slow,), work("g")) == {"g": "premium"}


def test_a_preferred_node_is_waited_for_only_while_it_is_able() -> None:
    wish = work("g", spec=sd15(preferred_node=NodeId("standard")))
    assert assigned(FLEET, wish) == {"g": "standard"}
    busy = replace(FLEET[2], active={GenerationId("other"): 3.0})
    assert assigned((*FLEET[:2], busy, FLEET[3]), wish) == {}
    offline = replace(FLEET[2], state=NodeState.OFFLINE)
    assert assigned((*FLEET[:2], offline, FLEET[3]), wish) == {"g": "draft"}
    asked_what_it_lost = replace(FLEET[2], paused_for=1.0)
    assert assigned((*FLEET[:2], asked_what_it_lost, FLEET[3]), wish) == {}, "it is back, and free in a moment"
    left_alone = replace(FLEET[2], paused_for=1.0, on_trial=True)
    assert assigned((*FLEET[:2], left_alone, FLEET[3]), wish) == {"g": "draft"}


@pytest.mark.parametrize("state", [state for state in NodeState if not state.takes_work])
def test_a_node_that_takes_no_work_gets_none(state: NodeState) -> None:
    assert assigned((replace(FLEET[0], state=state),), work("g")) == {}


def test_a_node_that_lost_work_a_moment_ago_or_failed_this_one_is_left_out() -> None:
    assert assigned((replace(FLEET[0], paused_for=5.0),), work("g")) == {}
    failed_here = work("g", excluded_nodes=frozenset({NodeId("draft")}))
    assert assigned(FLEET, failed_here) == {"g": "standard"}
    assert assigned((replace(FLEET[0], active={GenerationId("x"): 1.0}), FLEET[3]), failed_here) == {}
    assert assigned(FLEET[3:], not_stranded(FLEET[3:], failed_here)) == {"g": "draft"}, "nobody else is left"
    assert not_stranded(FLEET, failed_here) == failed_here


def test_a_node_that_died_of_it_twice_gets_it_again_only_while_nobody_else_takes_it_for_nothing() -> None:
    once = work("g", spec=sd15(preferred_node=NodeId("draft"))).after_loss(died=NodeId("draft"))
    assert assigned(FLEET, once) == {"g": "draft"}, "that may have been chance"
    died = once.after_loss(died=NodeId("draft"))
    assert (died.deaths, died.losses) == (2, 2)
    assert assigned(FLEET, died)["g"] != "draft"
    away = tuple(node if node.id == "draft" else replace(node, state=NodeState.OFFLINE) for node in FLEET)
    assert assigned(away, died) == {"g": "draft"}, "it does not wait for one that is away"
    dear = tuple(node if node.id == "draft" else replace(node, charges=True) for node in FLEET)
    assert assigned(dear, died) == {"g": "draft"}, "nor spends money for it"


def test_a_node_on_trial_gets_the_next_job_only_when_the_picture_of_the_first_is_here() -> None:
    on_trial = replace(FLEET[0], on_trial=True)
    assert assigned((on_trial,), work("g")) == {"g": FLEET[0].id}
    assert assigned((replace(on_trial, fetching=frozenset({GenerationId("x")})),), work("g")) == {}
    assert assigned((replace(FLEET[0], fetching=frozenset({GenerationId("x")})),), work("g")) == {"g": FLEET[0].id}


@given(
    st.lists(st.sampled_from(["ready", "busy-with-ours", "offline", "resting"]), min_size=1, max_size=8),
    st.integers(0, 30),
)
def test_whatever_the_fleet_no_node_gets_two_and_no_generation_goes_twice(states: list[str], count: int) -> None:
    nodes = tuple(
        replace(
            node(f"n{index}"),
            state=NodeState.OFFLINE if state == "offline" else NodeState.READY,
            active={GenerationId("x"): 1.0} if state == "busy-with-ours" else {},
            paused_for=5.0 if state == "resting" else 0.0,
        )
        for index, state in enumerate(states)
    )
    ready = tuple(work(f"g{index}", batch_total=max(count, 1)) for index in range(count))
    decisions = plan(Snapshot(nodes=nodes, ready=ready), Estimator()).decisions
    assert len({decision.node_id for decision in decisions}) == len(decisions) == min(count, states.count("ready"))
    assert [decision.generation_id for decision in decisions] == [f"g{index}" for index in range(len(decisions))]
    assert decisions == plan(Snapshot(nodes=nodes, ready=ready), Estimator()).decisions, (
        "the same question, the same answer"
    )
    assert all(isinstance(decision, Assign) for decision in decisions)


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(1024, 1024, True), (768, 1152, True), (1344, 768, True), (1024, 1152, False), (1536, 512, False)],
)
def test_a_node_draws_an_oblong_of_as_many_pixels_as_its_largest_square(width: int, height: int, fits: bool) -> None:
    reason = never_reason(node("n", max_resolution=1024), work("g", spec=replace(sd15(), width=width, height=height)))
    too_large = Reason(ReasonCode.TOO_LARGE, f"goes up to 1024 px, not {max(width, height)}")
    assert reason == (None if fits else too_large)


def test_why_a_node_can_never_do_it() -> None:
    flux = work("g", spec=sd15(model_family="flux"))
    lacking = Requirements(
        files=frozenset({(ModelFolder.CHECKPOINTS, "absent.safetensors")}), graph_node_classes=frozenset({"Canny"})
    )
    assert never_reason(node("n", capabilities=frozenset({"sd15"})), flux) == Reason(
        ReasonCode.NO_CAPABILITY, "has no capability flux"
    )
    assert never_reason(node("n", capabilities=frozenset({"flux_fp8"})), flux) is None
    assert never_reason(node("n", enabled=False), work("g")) == Reason(ReasonCode.DISABLED, "is disabled in gpus.yaml")
    assert never_reason(node("n", max_resolution=256), work("g")) == Reason(
        ReasonCode.TOO_LARGE, "goes up to 256 px, not 512"
    )
    reason = never_reason(node("n"), work("g", requirements=lacking))
    assert reason is not None
    assert reason.code is ReasonCode.LACKS
    assert "absent.safetensors" in reason.sentence
    assert "Canny" in reason.sentence
    assert never_reason(node("n", inventory=None), work("g", requirements=lacking)) is None, "not known yet"
    upscale = work("g", spec=sd15(model_family="any", operation=Operation.UPSCALE, width=None, height=None))
    none = Reason(ReasonCode.NO_CAPABILITY, "has no capability upscale")
    assert refusals([node("n", capabilities=frozenset({"sd15"}))], upscale) == {"n": none}


def test_why_it_waits_in_one_sentence() -> None:
    busy = replace(node("a"), active={GenerationId("x"): 1.0})
    offline = replace(
        node("b"), state=NodeState.OFFLINE, reason=Reason(ReasonCode.UNREACHABLE, "cannot connect"), inventory=None
    )
    other = node("c", capabilities=frozenset({"sdxl"}))
    assert waiting_reason([node("a")], work("g")) is None
    assert waiting_reason([busy, offline, other], work("g")) == Reason(ReasonCode.TURN, "waits for the busy node")
    both = [busy, replace(busy, config=node("d").config)]
    assert waiting_reason(both, work("g")) == Reason(ReasonCode.TURN, "waits for one of 2 busy nodes")
    assert waiting_reason([offline, other], work("g")) == Reason(
        ReasonCode.NO_NODE_NOW, "needs sd15: b is offline: cannot connect; c has no capability sd15"
    )
    assert waiting_reason([], work("g")) == Reason(ReasonCode.NO_NODES, "no node is configured")


def test_the_bound_is_that_of_the_published_cases() -> None:
    assert lower_bound_seconds(20, [1.5, 1.0, 0.8, 0.5], [0] * 4) == pytest.approx(4.5)
    assert lower_bound_seconds(8, [10, 8, 6], [0] * 3) == pytest.approx(24)
    assert lower_bound_seconds(8, [10, 8, 6, 12, 15], [0] * 5) == pytest.approx(18)
    assert lower_bound_seconds(1, [10, 8, 6], [0, 15, 15]) == pytest.approx(10), "stay on the warm slow one"
    assert lower_bound_seconds(0, [1.0], [5.0]) == 0
    assert lower_bound_seconds(3, [], []) is None


@given(
    st.lists(st.tuples(st.floats(0.1, 20), st.floats(0, 30)), min_size=1, max_size=6),
    st.integers(min_value=1, max_value=40),
)
def test_the_bound_is_the_smallest_time_in_which_so_many_fit(nodes: list[tuple[float, float]], count: int) -> None:
    bound = lower_bound_seconds(count, [each for each, _ in nodes], [busy for _, busy in nodes])
    assert bound is not None

    def fit(seconds: float) -> int:
        return sum(int(max(seconds - busy, 0) / each + 1e-9) for each, busy in nodes)

    assert fit(bound + 1e-6) >= count
    assert fit(bound - 1e-3) < count


def test_predictions_follow_the_queue_and_know_what_is_under_way() -> None:
    estimator = Estimator()
    for name, seconds in {"premium": 0.5, "quality": 0.8, "standard": 1.0, "draft": 1.5}.items():
        estimator.observe(NodeId(name), work("before"), seconds, warm=True)
    batch = tuple(work(f"g{index}", batch_total=20) for index in range(20))
    finishes = outlook(Snapshot(nodes=FLEET, ready=batch), estimator).generations
    assert max(finishes.values()) == pytest.approx(4.5)
    running = replace(FLEET[3], active={GenerationId("now"): 0.7})
    finishes = outlook(Snapshot(nodes=(running,), ready=(work("next"),)), estimator).generations
    assert finishes == {"now": 0.7, "next": pytest.approx(2.2)}
    nobody = replace(FLEET[0], state=NodeState.OFFLINE)
    assert outlook(Snapshot(nodes=(nobody,), ready=(work("g"),)), estimator).generations == {}


def test_speeds_are_learnt_from_warm_runs_only() -> None:
    estimator = Estimator()
    view = node("n")
    guess = estimator.speed(view, work("g"))
    assert guess.samples == 0
    estimator.observe(view.id, work("g"), 30.0, warm=False)
    assert estimator.speed(view, work("g")) == guess
    for _ in range(20):
        estimator.observe(view.id, work("g"), 2.62, warm=True)
    assert estimator.seconds(view, work("g")) == pytest.approx(2.62)
    assert estimator.measured(view.id)["sd15"].samples == 20
    double = work("g", step_megapixels=2 * 2.62)
    assert estimator.seconds(view, double) == pytest.approx(2 * 2.62), "linear in steps and pixels"


def test_the_queue_keeps_the_due_order_and_gives_returning_work_its_old_place() -> None:
    queue = ReadyQueue()
    for index in (2, 0, 1):
        queue.add(work(f"g{index}"), due_order(waiting(index)))
    queue.add(work("g1"), due_order(waiting(1)))
    assert [each.generation_id for each in queue] == ["g0", "g1", "g2"]
    queue.remove([GenerationId("g0"), GenerationId("nobody")])
    assert [each.generation_id for each in queue] == ["g1", "g2"]
    queue.add(work("g0"), due_order(waiting(0)))
    assert [each.generation_id for each in queue] == ["g0", "g1", "g2"]
    assert queue.get(GenerationId("g0")) is not None
    assert len(queue) == 3
    assert DueOrder(waiting(0).created_at, "b", 0) < DueOrder(waiting(0).created_at, "b", 1)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=200))
def test_whatever_comes_and_goes_the_queue_tells_of_each_that_waits_once(moves: list[tuple[bool, int]]) -> None:
    """What a node gives back is the very same work, and it may come back again and again."""
    works = [work(f"g{index}") for index in range(6)]
    queue, waits = ReadyQueue(), set[int]()
    for comes, index in moves:
        if comes:
            queue.add(works[index], due_order(waiting(index)))
            waits.add(index)
        else:
            queue.remove([works[index].generation_id])
            waits.discard(index)
        assert list(queue) == [works[each] for each in sorted(waits)]
        assert len(queue) == len(waits)


def test_a_model_is_found_by_its_name() -> None:
    assert INVENTORY.has_file(ModelFolder.CHECKPOINTS, "sd_xl_base_1.0.safetensors")


def test_a_name_with_a_backslash_is_another_file_where_some_node_really_has_it() -> None:
    def having(*loras: str) -> NodeInventory:
        return replace(INVENTORY, files={ModelFolder.LORAS: frozenset(loras)})

    needs = Requirements(frozenset({(ModelFolder.LORAS, "a\\b.safetensors")}), frozenset())
    odd, plain = node("odd", inventory=having("a\\b.safetensors")), node("plain", inventory=having("a/b.safetensors"))
    wanted = work("g", requirements=needs)
    assert assigned((plain,), wanted) == {"g": "plain"}, "somebody wrote it as on Windows"
    assert assigned((plain, odd), wanted) == {"g": "odd"}
    assert assigned((plain, replace(odd, state=NodeState.OFFLINE)), wanted) == {}, "it waits for the file that is meant"


def test_a_node_that_cannot_read_a_file_is_spared_as_long_as_another_one_could_do_the_work() -> None:
    file = ModelFile(ModelFolder.CHECKPOINTS, CHECKPOINT)
    wanted = work("g", requirements=Requirements(frozenset({(ModelFolder.CHECKPOINTS, CHECKPOINT)}), frozenset()))
    bad, good = node("bad", Tier.PREMIUM, unreadable={file: "cannot read it"}), node("good", Tier.DRAFT)
    away = replace(good, state=NodeState.OFFLINE)
    assert assigned((bad, good), wanted) == {"g": "good"}
    assert assigned((bad, away), wanted) == {}, "that one will be back"
    assert "bad cannot read it" in str(waiting_reason((bad, away), wanted))
    assert assigned((bad, node("unable", capabilities=frozenset({"sdxl"}))), wanted) == {"g": "bad"}
    paused = replace(good, paused_for=5.0)
    assert assigned((bad, paused), wanted) == {}
    assert assigned((bad, paused), work("other")) == {"other": "bad"}, "what does not need the file is no matter"
