"""A member of a pool takes tickets while it can draw, and begins so after each connection."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from vibes.nodes.worker.celery_tickets import celery
from vibes.worker.pool_queue import PoolQueue

QUEUE = "vibes.attic"


class _Consumer:
    """Celery's, as far as it is asked; what is to be done in its thread is done when it has time."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._later: list[Callable[[], None]] = []
        self.task_consumer: object | None = None

    def call_soon(self, work: Callable[..., None], *given: Any) -> None:
        self._later.append(lambda: work(*given))

    def has_time(self) -> None:
        while self._later:
            self._later.pop(0)()

    def add_task_queue(self, queue: str) -> None:
        self._app.amqp.queues.select_add(self._app.amqp.queues[queue])

    def cancel_task_queue(self, queue: str) -> None:
        self._app.amqp.queues.deselect(queue)

    @property
    def takes(self) -> bool:
        return QUEUE in self._app.amqp.queues.consume_from


@pytest.mark.parametrize("connected", [True, False])
def test_tickets_are_taken_while_it_can_draw_also_where_that_changes_without_a_connection(connected: bool) -> None:
    app = celery("redis://127.0.0.1:9", "vibes", task_default_queue=QUEUE)
    consumer, member = _Consumer(app), PoolQueue(app, QUEUE)
    consumer.task_consumer = SimpleNamespace() if connected else None
    member.begin(consumer)
    consumer.has_time()
    assert not consumer.takes, "its ComfyUI is starting"
    for can_draw in (True, False, True):
        member.takes(can_draw)
        consumer.has_time()
        assert consumer.takes == can_draw


def test_what_was_said_before_celery_had_begun_holds() -> None:
    app = celery("redis://127.0.0.1:9", "vibes", task_default_queue=QUEUE)
    consumer, member = _Consumer(app), PoolQueue(app, QUEUE)
    consumer.task_consumer = SimpleNamespace()
    member.takes(True)
    member.takes(False)
    member.begin(consumer)
    consumer.has_time()
    assert not consumer.takes
