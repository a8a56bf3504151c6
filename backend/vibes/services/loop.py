"""A background activity that lives as long as the hub: named, owned, restarted when it breaks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

RESTART_DELAY_SECONDS = 1.0
MAX_RESTARTS = 5
HEALTHY_SECONDS = 60.0


class LoopBroken(Exception):
    """A background activity broke too often in a row; the hub cannot promise its work any more."""


async def keep_running(name: str, body: Callable[[], Awaitable[None]]) -> None:
    """Run ``body`` for ever. A crash is logged and followed by a restart; the sixth in a row ends the hub."""
    event_loop = asyncio.get_running_loop()
    crashes = 0
    while True:
        started = event_loop.time()
        try:
            await body()
        except Exception as error:
            crashes = 1 if event_loop.time() - started > HEALTHY_SECONDS else crashes + 1
            logger.exception("%s broke (%d of %d in a row)", name, crashes, MAX_RESTARTS)
            if crashes > MAX_RESTARTS:
                raise LoopBroken(f"{name} broke {crashes} times in a row") from error
            await asyncio.sleep(RESTART_DELAY_SECONDS)
        else:
            return
