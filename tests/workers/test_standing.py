"""What the workers behind a node come to, decided by their reports and the open orders."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.workers.examples import worker
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.node import ModelFolder, NodeQueue
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.nodes.worker import OrderState, WorkerReport, WorkerState, WorkerVitals
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.worker.office import _config_of
from vibes.nodes.worker.standing import inventory_of_all, present, vitals_of, why_away
from vibes.nodes.worker.wire import inventory_json, inventory_of
from vibes.ports.workers.rows import OpenOrder

HEARD = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
LIMIT = 10.0


def report(state: WorkerState = WorkerState.READY, silent: float = 0.0, **given: Any) -> WorkerReport:
    values: dict[str, Any] = {
        "worker": worker(),
        "state": state,
        "reason": "",
        "epoch": 1,
        "heard_at": HEARD,
        "silent_seconds": silent,
        "inventory_digest": "d",
        "vitals": None,
    }
    return WorkerReport(**{**values, **given})


def vitals(*, running: tuple[str, ...] = (), pending: tuple[str, ...] = ()) -> WorkerVitals:
    return WorkerVitals(queue=NodeQueue(running=running, pending=pending))


def opened(attempt_id: str, state: OrderState) -> OpenOrder:
    return OpenOrder(AttemptId(attempt_id), state, 0)


def test_only_a_worker_that_is_heard_and_ready_carries_out_orders() -> None:
    well = report()
    others = [report(state) for state in WorkerState if state is not WorkerState.READY]
    assert present([well, *others, report(silent=11)], LIMIT) == [well]


def test_why_none_does_is_said_once_and_does_not_change_with_time() -> None:
    assert str(why_away([], LIMIT)) == "no worker has registered under this name"
    said = {str(why_away([report(silent=silent)], LIMIT)) for silent in (11, 12, 500)}
    assert said == {"its worker was last heard at 2026-11-30 22:00:00 UTC"}
    assert "has ended, at 2026-11-30" in str(why_away([report(WorkerState.GONE)], LIMIT))
    starting = report(WorkerState.STARTING, reason="its ComfyUI is starting")
    assert str(why_away([starting, report(silent=99)], LIMIT)) == "its ComfyUI is starting", "the best news counts"


def test_an_order_that_is_held_runs_unless_its_comfyui_has_it_waiting() -> None:
    orders = [opened("a", OrderState.CLAIMED), opened("b", OrderState.QUEUED)]
    queue = vitals_of([report(vitals=vitals())], orders, 1.0, taking=True).queue
    assert (queue.running, queue.pending) == (("a",), ("b",))
    stuck = vitals_of([report(vitals=vitals(pending=("a",)))], orders, 1.0, taking=False).queue
    assert (stuck.running, stuck.pending) == ((), ("a", "b")), "so a ComfyUI that takes nothing is found"


def test_an_order_that_is_about_to_be_taken_is_no_sign_of_a_dead_machine() -> None:
    waiting = [opened("a", OrderState.QUEUED), opened("b", OrderState.QUEUED)]
    assert vitals_of([report()], waiting, 1.0, taking=True).queue.running == ("a",)
    assert vitals_of([report()], waiting, 1.0, taking=False).queue.running == ()


def test_prompts_of_others_on_its_comfyui_are_seen() -> None:
    foreign = report(vitals=vitals(running=("theirs",), pending=("theirs too",)))
    queue = vitals_of([foreign], [], 1.0, taking=True).queue
    assert (queue.running, queue.pending) == (("theirs",), ("theirs too",))


def inventory(*checkpoints: str, **given: Any) -> ComfyUIInventory:
    values: dict[str, Any] = {
        "version": "0.3.64",
        "device_name": "cuda:0 RTX",
        "simulated": False,
        "vram_total_bytes": 8,
        "files": {ModelFolder.CHECKPOINTS: frozenset(checkpoints)},
        "graph_node_classes": frozenset({"KSampler"}),
        "choices": {("KSampler", "sampler_name"): frozenset({"euler", "ddim"})},
        "supports_jobs_api": True,
    }
    return ComfyUIInventory(**{**values, **given})


def needs(*checkpoints: str) -> Requirements:
    return Requirements(
        files=frozenset((ModelFolder.CHECKPOINTS, each) for each in checkpoints), graph_node_classes=frozenset()
    )


def test_what_a_worker_has_arrives_as_it_was_told() -> None:
    told = inventory("a.safetensors", "b.safetensors")
    assert inventory_of(inventory_json(told)) == told
    assert inventory_json(told) == inventory_json(replace(told, choices=dict(reversed([*told.choices.items()]))))


def test_of_a_pool_one_member_must_have_all_that_is_needed() -> None:
    pool = inventory_of_all([inventory("a.safetensors"), inventory("b.safetensors")], pooled=True)
    assert pool.slots == 2
    assert pool.files[ModelFolder.CHECKPOINTS] == {"a.safetensors", "b.safetensors"}
    assert not pool.lacks(needs("b.safetensors"))
    assert pool.lacks(needs("a.safetensors", "b.safetensors")), "each has one of them"


def test_a_node_is_called_by_its_own_name_and_its_card() -> None:
    told = report(worker=worker(device="cuda:0 NVIDIA GeForce RTX 5090 : cudaMallocAsync"))
    assert _config_of(NodeId("w1"), [told]).name == "w1 (cuda:0 NVIDIA GeForce RTX 5090)"
    members = [report(worker=worker(name, node_id="attic")) for name in ("a", "b")]
    assert _config_of(NodeId("attic"), members).name == "attic (pool of 2)"
