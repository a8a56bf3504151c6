"""Whose a node is at present: its hours, what a person said last, and what follows from both."""

from datetime import datetime, timedelta, tzinfo
from itertools import islice

from vibes.domain.nodes.handing_back import Held, Word, expired, held, spells
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.nodes.owner_hours import Spell
from vibes.ports.clock import Clock
from vibes.scheduling.snapshot import Away
from vibes.services.fleet.entries.zones import zone_of

AGAIN_AFTER = timedelta(hours=1)
"""Known times are looked up anew that often: they reach a week from when they were."""
MOST_SPELLS = 16


class Ownership:
    """Follows the clock: its answers change with it, without being told."""

    def __init__(self, config: NodeConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._word: Word | None = None
        self._known: tuple[Spell, ...] = ()
        self._known_from = self._known_to = clock.now()

    @property
    def word(self) -> Word | None:
        """What a person said last, as long as that holds."""
        return None if expired(self._word, self._clock.now()) else self._word

    @property
    def over(self) -> bool:
        """Whether what a person said last holds no longer."""
        return expired(self._word, self._clock.now())

    def say(self, word: Word | None) -> None:
        self._word = word
        self._forget()

    def reconfigure(self, config: NodeConfig) -> None:
        self._config = config
        self._forget()

    @property
    def held(self) -> Held | None:
        """Why and how its owner has it now; None while it is lent."""
        if self._config.owner_hours is None and self._word is None:
            return None
        now = self._clock.now()
        first = next(iter(self._spells(now)), None)
        return None if first is None else held(first, self.word, self._config, now, self._zone)

    @property
    def by_hours(self) -> Spell | None:
        """The time in which it is its owner's now, whatever a person has said; None: it is not."""
        hours, now = self._config.owner_hours, self._clock.now()
        spell = None if hours is None else hours.spell(now, self._zone)
        return spell if spell is not None and spell.begin <= now else None

    @property
    def next(self) -> Spell | None:
        """The time in which its owner has it, or has it next, as far as that is known."""
        return next(iter(self._spells(self._clock.now())), None)

    @property
    def away(self) -> tuple[Away, ...]:
        """The same as a plan wants it, with all that follow for a week."""
        if self._config.owner_hours is None and self._word is None:
            return ()
        now = self._clock.now()
        return tuple(
            Away((begin - now).total_seconds(), None if end is None else (end - now).total_seconds())
            for begin, end in self._spells(now)
        )

    def _spells(self, now: datetime) -> tuple[Spell, ...]:
        if not self._known_from <= now < self._known_to:
            hours = self._config.owner_hours
            by_hours = () if hours is None else hours.spells(now, self._zone)
            self._known = tuple(islice(spells(by_hours, self._word, now), MOST_SPELLS))
            ends = [end for _, end in self._known[:1] if end is not None]
            self._known_from, self._known_to = now, min([now + AGAIN_AFTER, *ends])
        return self._known

    @property
    def _zone(self) -> tzinfo | None:
        hours = self._config.owner_hours
        return None if hours is None else zone_of(hours.timezone)

    def _forget(self) -> None:
        self._known_to = self._known_from
