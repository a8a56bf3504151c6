"""How long a client waits for a hub that is away, and how often it tries."""

import asyncio
import random
import time
from collections.abc import Callable

from vibes.client.http.errors import ClientError

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0

OnAway = Callable[[ClientError], None]


class Patience:
    """The waiting of one request or stream: pauses double until the patience is used up.

    Without any answer so far (``known`` is False) there is no waiting: the address may be wrong.
    """

    def __init__(self, seconds: float, *, known: bool, on_away: OnAway | None) -> None:
        self._seconds = seconds
        self._known = known
        self._on_away = on_away
        self._pause = FIRST_PAUSE_SECONDS
        self._began: float | None = None

    def refused(self) -> None:
        """The hub is there and cannot do it now."""
        self._known = True

    def answered(self) -> None:
        """Restore the whole patience; pauses stay long, so that connections which end at once are not opened in a tight
        loop."""
        self._known = True
        self._began = None

    def progressed(self) -> None:
        """Something was received: pauses begin at the shortest again."""
        self.answered()
        self._pause = FIRST_PAUSE_SECONDS

    async def pause(self, reason: ClientError, *, at_least: float = 0.0) -> None:
        """Wait before the next try; raises ``reason`` when the patience is used up."""
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        left = self._began + self._seconds - now
        if not self._known or left <= 0:
            raise reason
        if self._on_away is not None:
            self._on_away(reason)
        jittered = self._pause * (0.75 + random.random() / 2)  # noqa: S311 - spreads clients, guards nothing
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        await asyncio.sleep(min(max(jittered, at_least), left))
