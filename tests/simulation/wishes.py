"""What people have asked for, and when, so that nothing is cancelled that nobody wanted cancelled."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import inf

from tests.simulation.virtual_time import Agenda


class Wishes:
    """By the ids of generations, batches, sessions and jobs."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._unwanted: dict[str, float] = {}
        self._unanswered: list[tuple[str, ...]] = []
        self._wanted_again: dict[str, float] = {}
        self.times_again: Counter[str] = Counter()
        """How often each was asked for again, perhaps in vain."""

    @contextmanager
    def cancelling(self, *ids: str) -> Iterator[None]:
        """Around the request: until its answer it may be carried out at any time."""
        self._unanswered.append(ids)
        yield
        self._unanswered.remove(ids)
        self._cancel(ids)

    def the_hub_is_gone(self) -> None:
        """What it has not answered it may have carried out until now, and nobody will hear of it."""
        for ids in self._unanswered:
            self._cancel(ids)
        self._unanswered.clear()

    def _cancel(self, ids: Iterable[str]) -> None:
        self._unwanted |= dict.fromkeys(ids, self._agenda.now)

    def again(self, generation_id: str) -> None:
        """It was accepted to be tried again."""
        self._wanted_again[generation_id] = self._agenda.now

    def asks_again(self, generation_id: str) -> None:
        """Call it before the request: a hub that is killed over it may have accepted it."""
        self.times_again[generation_id] += 1

    def may_be_cancelled(self, generation_id: str, *others: str) -> bool:
        """Whether somebody wanted it cancelled, or its batch, session or job, since it was last wanted again."""
        latest = max((self._unwanted.get(each, -inf) for each in (generation_id, *others)), default=-inf)
        return latest > -inf and latest >= self._wanted_again.get(generation_id, -inf)

    def was_tried_again(self, generation_ids: Iterable[str]) -> set[str]:
        return {each for each in generation_ids if each in self._wanted_again}
