"""What people said of their machines, and when: what must have been left alone from when to when."""

from collections.abc import Callable
from datetime import datetime


class Handbacks:
    """``now``: what the hub's clock shows."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._drained: dict[str, datetime] = {}
        """As people were told that they are, and since when."""
        self._timed: dict[str, tuple[datetime, datetime]] = {}
        """Likewise, and until when at most."""
        self._over: list[tuple[str, datetime, datetime]] = []
        self.resumed: list[tuple[str, datetime]] = []
        """Which node, and when."""

    @property
    def drains(self) -> list[tuple[str, datetime, datetime]]:
        """Those that are over, or will be over by themselves: which node, from when to when."""
        timed = [(name, began, min(until, self._now())) for name, (began, until) in self._timed.items()]
        return [*self._over, *timed]

    def is_drained(self, name: str, until: datetime | None = None) -> None:
        self._is_over(name)
        if until is None:
            self._drained[name] = self._now()
        else:
            self._timed[name] = self._now(), until

    def is_resumed(self, name: str) -> None:
        self._is_over(name)
        self.resumed.append((name, self._now()))

    def _is_over(self, name: str) -> None:
        """Whatever was said of it before."""
        now = self._now()
        if name in self._drained:
            self._over.append((name, self._drained.pop(name), now))
        if name in self._timed:
            began, until = self._timed.pop(name)
            self._over.append((name, began, min(until, now)))
