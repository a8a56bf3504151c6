"""A plan that breaks is kept to be replayed, and what it breaks on is found."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.fakes import FakeClock
from tests.unit.fleet import CHECKPOINT, node, sd15, work
from vibes.commands.common.console import USAGE_ERROR
from vibes.commands.replay_plan import replay_plan
from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.nodes.node import ModelFolder, NodeState
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.priority import Priority
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.fault_search import culprits, smallest
from vibes.scheduling.planner import outlook, plan
from vibes.scheduling.pull import pull
from vibes.scheduling.snapshot import Prefetched, Run, Snapshot, Work
from vibes.services.queue.broken_plans import FILES_KEPT, BrokenPlans, read, written


def works(count: int, **given: object) -> list[Work]:
    return [work(f"g{index}", **given) for index in range(count)]


@given(st.integers(1, 40), st.data())
def test_the_one_work_that_breaks_a_plan_is_found(count: int, data: st.DataObject) -> None:
    queue = works(count)
    guilty = data.draw(st.sampled_from(queue))
    assert culprits(queue, lambda part: guilty in part) == [guilty]


def test_two_that_break_it_only_together_cost_one_of_them() -> None:
    queue = works(9)
    found = culprits(queue, lambda part: queue[2] in part and queue[7] in part)
    assert found == [queue[7]]
    assert smallest(queue, found, lambda part: queue[2] in part and queue[7] in part) == queue


def test_a_kind_that_breaks_it_is_left_out_as_a_whole_and_asked_few_questions() -> None:
    queue = [work(f"g{index}", spec=sd15(model_family="odd" if index % 2 else "sd15")) for index in range(2000)]
    asked: list[int] = []

    def breaks(part: Sequence[Work]) -> bool:
        asked.append(len(part))
        return any(each.spec.model_family == "odd" for each in part)

    found = culprits(queue, breaks)
    assert found is not None
    assert {each.generation_id for each in found} == {each.generation_id for each in queue[1::2]}
    assert len(asked) < 70


def test_a_few_that_break_it_take_none_of_their_kind_along() -> None:
    queue = works(12)
    guilty = [queue[0], queue[1], queue[6], queue[11]]
    found = culprits(queue, lambda part: any(each in part for each in guilty))
    assert found is not None
    assert {each.generation_id for each in found} == {each.generation_id for each in guilty}


def test_a_fault_that_is_not_about_the_queue_is_not_blamed_on_it() -> None:
    assert culprits(works(3), lambda _: True) is None


def test_the_plain_plan_gives_each_free_node_the_first_work_that_it_can_do() -> None:
    fleet = (node("big", capabilities=frozenset({"flux"})), node("small"), node("away", state=NodeState.OFFLINE))
    queue = (
        work("f", spec=sd15(model_family="flux")),
        work("s"),
        work("urgent", priority=Priority.INTERACTIVE),
        work("nobody", spec=sd15(model_family="nobody")),
    )
    decisions = pull(Snapshot(nodes=fleet, ready=queue))
    assert [(each.generation_id, each.node_id) for each in decisions] == [("f", "big"), ("urgent", "small")]


def snapshot_with_everything() -> tuple[Snapshot, Estimator]:
    secret = work(
        "g",
        spec=sd15(prompt="a secret"),
        requirements=Requirements(
            files=frozenset({(ModelFolder.CHECKPOINTS, CHECKPOINT)}), graph_node_classes=frozenset({"KSampler"})
        ),
    )
    estimator = Estimator()
    for seconds in (2.0, 2.1, 50.0):
        estimator.observe(NodeId("a"), secret, seconds, warm=True)
    estimator.observe(NodeId("a"), secret, 9.0, warm=False)
    estimator.observe_overhead(NodeId("a"), 0.1)
    first = node("a", active={"r": 1.0, "h": 2.0}, prefetched=frozenset({"h"}))
    config = replace(first.config, headers={"Authorization": "a secret"}, host="secret.example")
    snapshot = Snapshot(
        nodes=(replace(first, config=config), node("b")),
        ready=(secret,),
        runs=(
            Run(
                work=replace(secret, generation_id=GenerationId("r")),
                node_id=NodeId("a"),
                age=1.0,
                expected=2.0,
                silent=float("inf"),
            ),
        ),
        prefetched=(Prefetched(work=replace(secret, generation_id=GenerationId("h")), node_id=NodeId("a")),),
    )
    return replace(snapshot, ledger=plan(snapshot, estimator).ledger), estimator


def test_a_kept_snapshot_plans_as_it_did_and_tells_no_secret() -> None:
    snapshot, estimator = snapshot_with_everything()
    text = written(snapshot, estimator, "a fault")
    assert "secret" not in text
    again, remembers = read(text)
    assert plan(again, remembers) == plan(snapshot, estimator)
    assert outlook(again, remembers) == outlook(snapshot, estimator)


def test_a_fault_is_told_in_full_once_and_few_files_are_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    snapshot, estimator = snapshot_with_everything()
    broken = BrokenPlans(tmp_path / "kept", FakeClock())
    for number in range(3):
        for kind in range(FILES_KEPT + 2):
            broken.note(type(f"Fault{kind}", (RuntimeError,), {})(f"in {number}"), snapshot, estimator)
        assert len(list((tmp_path / "kept").iterdir())) == FILES_KEPT, number
    assert sum(record.exc_info is not None for record in caplog.records) == FILES_KEPT + 2
    (tmp_path / "file").touch()
    BrokenPlans(tmp_path / "file", FakeClock()).note(RuntimeError("x"), snapshot, estimator)
    assert "its snapshot could not be written" in caplog.text, "and that is all that comes of a full disk"


def test_a_kept_snapshot_is_replayed_by_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, estimator = snapshot_with_everything()
    kept = tmp_path / "plan.json"
    kept.write_text(written(snapshot, estimator, "a fault"), encoding="utf-8")
    command = typer.Typer()
    command.command()(replay_plan)
    done = CliRunner().invoke(command, [str(kept)])
    assert (done.exit_code, done.stdout) == (0, "the plan can be made: 1 decisions\n"), done.stderr
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text.replace('"priority": "normal"', '"priority": "odd"'), encoding="utf-8")
    done = CliRunner().invoke(command, [str(kept)])
    assert done.exit_code == USAGE_ERROR
    assert "holds no snapshot of a plan" in done.stderr
    monkeypatch.setattr("vibes.commands.replay_plan.plan", lambda *_: 1 / 0)
    kept.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(command, [str(kept)])
    assert done.exit_code == 1
    assert "ZeroDivisionError" in done.stderr
