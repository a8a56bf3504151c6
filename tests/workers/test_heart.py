"""What a worker tells the hub of its ComfyUI between two looks at it."""

import pytest

from tests.workers.examples import worker
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import NodeQueue, NodeVitals
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.ports.workers.rows import Heartbeat, WorkerDesk
from vibes.services.runtime.clock import SystemClock
from vibes.worker.heart import Heart


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
async def test_what_has_ended_is_told_no_more_before_comfyui_was_looked_at_again(desk: WorkerDesk) -> None:
    """Else the hub would take it for somebody else's prompt, and the node for busy."""
    node = _Queue()
    heart = Heart(worker(), node, desk, SystemClock(), 10.0)  # type: ignore[arg-type]  # all of it that is asked
    heart.inventory = ComfyUIInventory.__new__(ComfyUIInventory)

    def told() -> tuple[str, ...]:
        heartbeat: Heartbeat = heart._heartbeat(frozenset())
        assert heartbeat.vitals is not None
        return heartbeat.vitals.queue.running

    await heart._check()
    assert told() == ("a", "another's")
    heart.over(AttemptId("a"))
    assert told() == ("another's",)
    await heart._check()
    assert told() == ("a", "another's"), "it runs all the same, as its ComfyUI says afterwards"


class _Queue:
    async def check(self) -> NodeVitals:
        return NodeVitals(queue=NodeQueue(running=("a", "another's"), pending=()), vram_free_bytes=0, response_ms=1)
