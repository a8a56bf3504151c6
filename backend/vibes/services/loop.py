"""A background activity that lives as long as the hub: named, owned, restarted when it breaks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

RESTART_DELAY_SECONDS = 1.0
MAX_RESTARTS = 5
FOR_EVER = None
HEALTHY_SECONDS = 60.0


class LoopBroken(Exception):
    """A background activity broke too often in a row; the hub cannot promise its work any more."""


async def keep_running(
    name: str, body: Callable[[], Awaitable[None]], *, max_restarts: int | None = MAX_RESTARTS
) -> None:
    """Run ``body`` until it returns. A crash is logged and followed by a restart.

    Raises LoopBroken when it crashes more than ``max_restarts`` times in a row, less than a minute after each start.
    """
    event_loop = asyncio.get_running_loop()
    crashes = 0
    while True:
        started = event_loop.time()
        try:
            await body()
        except Exception as error:  # the edge where a fault of ours becomes a log line and a restart
            crashes = 1 if event_loop.time() - started > HEALTHY_SECONDS else crashes + 1
            logger.exception("%s broke (%d in a row)", name, crashes)
            if max_restarts is not None and crashes > max_restarts:
                raise LoopBroken(f"{name} broke {crashes} times in a row") from error
            await asyncio.sleep(RESTART_DELAY_SECONDS)
        else:
            return
