"""Whether a member of a pool takes tickets out of the queue that all members share: one that cannot draw would take
those of the others, who would find the orders only when they look for themselves."""

from celery import Celery
from celery.worker.consumer import Consumer


class PoolQueue:
    """Told by the worker's own thread; what it does to Celery's consumer, it does in Celery's."""

    def __init__(self, app: Celery, queue: str) -> None:
        self._app = app
        self._queue = queue
        self._consumer: Consumer | None = None
        self._wanted = False

    def takes(self, wanted: bool) -> None:
        """From now on; nothing is taken before this was said once."""
        self._wanted = wanted
        self._follow_soon()

    def begin(self, consumer: Consumer) -> None:
        """Celery has connected, or has anew."""
        self._consumer = consumer
        self._follow_soon()

    def _follow_soon(self) -> None:
        if self._consumer is not None:
            self._consumer.call_soon(self._follow, self._consumer)

    def _follow(self, consumer: Consumer) -> None:
        """While Celery connects anew there is nothing that takes tickets: it begins with the queues that are chosen."""
        queues = self._app.amqp.queues
        connected = consumer.task_consumer is not None
        if self._wanted and connected:
            consumer.add_task_queue(self._queue)
        elif self._wanted:
            queues.select_add(queues[self._queue])
        elif connected:
            consumer.cancel_task_queue(self._queue)
        else:
            queues.deselect(self._queue)
