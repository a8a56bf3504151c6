"""Lets pictures go by age and size, and says beforehand which."""

from datetime import datetime, timedelta

from vibes.domain.pictures.retention import KeepRules, Outlook, leaving
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage

_AHEAD = timedelta(days=7)
_AT_ONCE = 1000
"""Pictures marked in one transaction."""


class Keeping:
    def __init__(self, storage: Storage, clock: Clock, rules: KeepRules, undo_window: timedelta) -> None:
        """``undo_window``: from being marked to being deleted, as for everything that is discarded."""
        self._storage = storage
        self._clock = clock
        self._rules = rules
        self._undo_window = undo_window

    async def look(self, rules: KeepRules | None = None) -> Outlook:
        """By these rules instead of the hub's; changes nothing."""
        rules = rules or self._rules
        kept = await self._storage.totals.kept_bytes()
        pictures = await self._storage.totals.expendable() if rules.any else ()
        now = self._clock.now()
        return Outlook(rules, kept, leaving(pictures, kept, rules, now), leaving(pictures, kept, rules, now + _AHEAD))

    async def let_go(self) -> Outlook:
        """Mark what the hub's rules let go: it is deleted after the undo window, unless somebody marks or restores it
        until then."""
        outlook = await self.look()
        ids = [picture.id for picture in outlook.now.pictures]
        until: datetime = self._clock.now() + self._undo_window
        for start in range(0, len(ids), _AT_ONCE):
            await self._storage.generations.let_go(ids[start : start + _AT_ONCE], until)
        return outlook
