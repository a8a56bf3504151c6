"""How long a hub that is away is waited for, and how often it is asked meanwhile."""

import asyncio
import random
import time
from collections.abc import Callable

from vibes.client.http.errors import ClientError

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0

OnAway = Callable[[ClientError], None]


class Patience:
    """One request's, or one stream's: pauses that double, until it is at its end.

    Whoever never answered may have another address, so nothing is waited for; ``known`` says that somebody did.
    """

    def __init__(self, seconds: float, *, known: bool, on_away: OnAway | None) -> None:
        self._seconds = seconds
        self._known = known
        self._on_away = on_away
        self._pause = FIRST_PAUSE_SECONDS
        self._began: float | None = None

    def refused(self) -> None:
        """Somebody is there, and cannot do it now."""
        self._known = True

    def answered(self) -> None:
        """All time to wait is back; pauses still grow, lest a connection that ends at once is opened for ever."""
        self._known = True
        self._began = None

    def progressed(self) -> None:
        """Something was told: the next trouble is a new one."""
        self.answered()
        self._pause = FIRST_PAUSE_SECONDS

    async def pause(self, reason: ClientError, *, at_least: float = 0.0) -> None:
        """Wait before the next try; raises ``reason`` when there shall be none."""
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
