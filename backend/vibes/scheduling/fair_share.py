"""Who gets the next turn: seconds served, by class and by session, as values that a plan takes and returns.

Fair queueing by start times: an account holds the predicted seconds served so far, divided by its share; the smallest
account is next. The unfairness is bounded by one job, where deficit round robin bounds it by a round of quanta. An
account that was idle returns at the level of the least served active one, so that turns cannot be saved up.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from vibes.domain.ids import GenerationId, SessionId
from vibes.domain.priority import Priority
from vibes.scheduling.second_attempt_budget import SecondAttemptBudget

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Accounts(Generic[_Key]):
    """Normalised seconds served; an account without an entry has as much as the least served one, ``floor``."""

    served: Mapping[_Key, float] = field(default_factory=dict)
    floor: float = 0.0

    def of(self, key: _Key) -> float:
        return max(self.served.get(key, self.floor), self.floor)

    def charged(self, charges: Mapping[_Key, float], active: Iterable[_Key]) -> "Accounts[_Key]":
        """The accounts after a plan: charged, and the floor raised to the least served of those with waiting work."""
        served = {**self.served}
        for key, amount in charges.items():
            served[key] = self.of(key) + amount
        floor = min((max(served.get(key, self.floor), self.floor) for key in active), default=self.floor)
        return Accounts({key: amount for key, amount in served.items() if amount > floor}, floor)


SessionKey = tuple[Priority, SessionId]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What fairness remembers from one plan to the next."""

    classes: Accounts[Priority] = field(default_factory=Accounts)
    sessions: Mapping[Priority, Accounts[SessionId]] = field(default_factory=dict)
    skips: Mapping[GenerationId, int] = field(default_factory=dict)
    """By waiting work: how often it was passed over for work whose checkpoint was loaded."""
    second_attempts: SecondAttemptBudget = field(default_factory=SecondAttemptBudget)

    def sessions_of(self, priority: Priority) -> Accounts[SessionId]:
        return self.sessions.get(priority) or Accounts()

    def after(
        self,
        charges: Mapping[SessionKey, float],
        active: Iterable[SessionKey],
        skips: Mapping[GenerationId, int],
        second_attempts: SecondAttemptBudget,
    ) -> "Ledger":
        """The ledger after these predicted seconds were given out; ``active``: all that had or have waiting work.

        Work that is taken back from a node before it ran counts negatively.
        """
        active = set(active)
        by_class: dict[Priority, float] = {}
        by_session: dict[Priority, dict[SessionId, float]] = {}
        for (priority, session_id), seconds in charges.items():
            by_class[priority] = by_class.get(priority, 0.0) + seconds / priority.share
            sessions = by_session.setdefault(priority, {})
            sessions[session_id] = sessions.get(session_id, 0.0) + seconds
        return Ledger(
            self.classes.charged(by_class, {priority for priority, _ in active}),
            {
                priority: self.sessions_of(priority).charged(
                    by_session.get(priority, {}), [session for each, session in active if each is priority]
                )
                for priority in Priority
            },
            skips,
            second_attempts,
        )


NOTHING_SERVED = Ledger()
