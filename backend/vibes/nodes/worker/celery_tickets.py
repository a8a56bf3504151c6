"""Tickets by Celery over Redis, of less than a kilobyte: what it is told to do and not to do, for the hub that posts
and the worker that gets them."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import Celery
from redis import Redis

from vibes.domain.ids import AttemptId, NodeId

_log = logging.getLogger(__name__)

TASK = "vibes.carry_out"
MOST_TICKETS = 1000
"""Of a node that nobody has taken; older ones go."""
KEPT_SECONDS = 3600
"""For which the tickets of a node lie there after the latest one."""
_CONNECT_SECONDS = 2.0
_UNPOSTED = 200
"""Tickets that may wait for a Redis that does not answer; more are dropped, and workers find their orders anyway."""


def queue_of(node_id: str) -> str:
    """In which the tickets for a node lie."""
    return f"vibes.{node_id}"


def celery(broker_url: str, prefix: str, **more: Any) -> Celery:
    """``prefix``: of all keys in Redis, so that several installations can share one.

    A ticket is acknowledged when it is taken, and taken one by one: acknowledged late it would come again whenever a
    picture takes longer than the visibility timeout, and prefetched it would wait for a busy worker while another one
    is idle. What gets lost by that a worker finds by itself. No result is stored: the database has the state.
    https://docs.celeryq.dev/en/stable/userguide/configuration.html
    """
    app = Celery("vibes", broker=broker_url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=False,
        worker_pool="threads",
        worker_concurrency=1,
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "global_keyprefix": f"{prefix}:",
            "visibility_timeout": 1800,
            "unacked_restore_limit": 5,
            "socket_connect_timeout": _CONNECT_SECONDS,
            "socket_timeout": 10.0,
            "socket_keepalive": True,
        },
        timezone="UTC",
        **more,
    )
    return app


class CeleryTickets:
    """Implements ``Tickets``. Posted by a thread: Celery's client blocks, for seconds where Redis is away."""

    def __init__(self, broker_url: str, prefix: str) -> None:
        self._broker_url = broker_url
        self._prefix = prefix
        self._app: Celery | None = None
        self._redis: Redis | None = None
        self._thread = ThreadPoolExecutor(1, "tickets")
        self._unposted = 0

    def post(self, node_id: NodeId, attempt_id: AttemptId, epoch: int) -> None:
        if self._unposted >= _UNPOSTED:
            return
        self._unposted += 1
        self._thread.submit(self._post, node_id, attempt_id, epoch)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)
        if self._app is not None:
            await asyncio.to_thread(self._app.close)
        if self._redis is not None:
            await asyncio.to_thread(self._redis.close)

    def _post(self, node_id: NodeId, attempt_id: AttemptId, epoch: int) -> None:
        try:
            if self._app is None:
                self._app = celery(self._broker_url, self._prefix)
            # An id of its own for each ticket is all that is needed, and it is repeated in the message, as is what
            # would describe the arguments in logs.
            short = {"task_id": f"{attempt_id[:13]}-{epoch}", "argsrepr": "", "kwargsrepr": ""}
            ticket = [attempt_id, epoch]
            self._app.send_task(TASK, ticket, queue=queue_of(node_id), retry=False, ignore_result=True, **short)
            self._bound(node_id)
        except Exception as error:  # noqa: BLE001 - whatever a broker's client raises: no ticket is needed
            _log.info("no ticket for %s, which finds its order by itself: %s", node_id, type(error).__name__)
        finally:
            self._unposted -= 1

    def _bound(self, node_id: NodeId) -> None:
        """Nobody may take them: a worker that is gone, or that runs without a broker."""
        if self._redis is None:
            seconds = {"socket_connect_timeout": _CONNECT_SECONDS, "socket_timeout": _CONNECT_SECONDS}
            self._redis = Redis.from_url(self._broker_url, **seconds)
        with self._redis.pipeline(transaction=False) as pipeline:
            key = f"{self._prefix}:{queue_of(node_id)}"
            pipeline.ltrim(key, 0, MOST_TICKETS - 1)  # new ones come in at the left
            pipeline.expire(key, KEPT_SECONDS)
            pipeline.execute()
