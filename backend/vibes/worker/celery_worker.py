"""Celery's side of a worker: tickets call it, and the signals of Celery's own process begin and end it."""

import sys
from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from celery.worker.consumer import Consumer

from vibes.domain.errors import InvalidRequest
from vibes.environment.settings import Settings
from vibes.environment.worker_settings import WorkerSettings
from vibes.nodes.worker.celery_tickets import TASK, celery, queue_of
from vibes.worker.heart import unheard
from vibes.worker.pool_queue import PoolQueue
from vibes.worker.process import WorkerProcess

END_SECONDS = 30.0
"""For which a ComfyUI that the worker has started may take to end."""


def worker_app(settings: Settings, own: WorkerSettings, on_ready: Callable[[], None] | None = None) -> Celery:
    """Raises InvalidRequest without a broker."""
    if settings.broker_url is None:
        raise InvalidRequest("Celery needs a broker: set VIBES_BROKER_URL to redis://…; `vibes worker` does without")
    url, queue = settings.broker_url.get_secret_value(), queue_of(own.node_id)
    app = celery(url, settings.broker_prefix, task_default_queue=queue)
    pool = PoolQueue(app, queue) if own.pull else None
    process = WorkerProcess(settings, own, on_ready, unheard if pool is None else pool.takes)

    def carry_out(*_: Any) -> None:
        """The ticket names an order, and the database says whose turn it is."""
        process.take_turn()

    app.task(name=TASK, ignore_result=True)(carry_out)

    def begin(**_: Any) -> None:
        process.start()

    def connected(sender: Consumer, **_: Any) -> None:
        if pool is not None:
            pool.begin(sender)

    def drain(**_: Any) -> None:
        process.drain()

    def end(**_: Any) -> None:
        process.drain()
        process.wait(END_SECONDS)
        if process.failure is not None:
            sys.exit(process.failure.message)

    def leave_logs_alone(**_: Any) -> None:
        """Whoever answers this signal has set them up."""

    # strong references: nobody else keeps these functions
    signals.setup_logging.connect(leave_logs_alone, weak=False)
    signals.worker_init.connect(begin, weak=False)
    signals.worker_ready.connect(connected, weak=False)
    signals.worker_shutting_down.connect(drain, weak=False)
    signals.worker_shutdown.connect(end, weak=False)
    return app
