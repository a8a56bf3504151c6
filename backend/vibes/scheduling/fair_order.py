"""The order in which queued work gets its turn: by class, then by session, then by age; read only as far as needed.

Work that a person moved to the front comes before all that, work moved to the back after it.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heapreplace

from vibes.domain.ids import SessionId
from vibes.domain.priority import Priority
from vibes.scheduling.estimator import reference_seconds
from vibes.scheduling.fair_share import Accounts, Ledger, SessionKey
from vibes.scheduling.snapshot import Work
from vibes.scheduling.waiting import Waiting

AGEING_SECONDS = 120.0
"""Work that has waited for longer than this is treated as of the next higher class, so that none waits for ever."""


class _Lane:
    """The waiting work of one session and class, oldest first."""

    __slots__ = ("first", "priority", "rank", "session_id", "works")

    def __init__(self, rank: int, works: Iterator[Work], now: float) -> None:
        self.first = first = next(works)
        aged = now - first.submitted_at > AGEING_SECONDS
        self.rank = rank
        self.session_id = first.session_id
        self.priority = first.priority.next_higher if aged else first.priority
        self.works = works

    @property
    def promoted(self) -> bool:
        return self.priority is not self.first.priority


_Turn = tuple[float, int, int, Work, _Lane]


class FairOrder:
    """An iterator over the queue that charges each piece of work as if it were served when it is read."""

    def __init__(self, waiting: Waiting, ledger: Ledger, now: float) -> None:
        # stable: work that was moved together stays in order
        moved = sorted(waiting.moved(), key=lambda work: work.place)
        self._front = [work for work in moved if work.place < 0]
        self._back = [work for work in moved if work.place > 0]
        self._classes: dict[Priority, float] = {}
        self._sessions: dict[Priority, Accounts[SessionId]] = {}
        self._turns: dict[Priority, list[_Turn]] = {}
        self.active: set[SessionKey] = {_account(work) for work in moved}
        self.urgent = any(work.priority is Priority.INTERACTIVE for work in moved)
        """Whether interactive work is waiting."""
        for rank, works in enumerate(waiting.lanes()):
            self._open(_Lane(rank, works, now), ledger)
        for turns in self._turns.values():
            heapify(turns)

    def __iter__(self) -> Iterator[tuple[Work, SessionKey]]:
        """Each work with the account that is charged for it."""
        yield from ((work, _account(work)) for work in self._front)
        yield from self._in_turn()
        yield from ((work, _account(work)) for work in self._back)

    def _in_turn(self) -> Iterator[tuple[Work, SessionKey]]:
        while self._turns:
            priority = min(self._turns, key=lambda each: (self._classes[each], each.rank))
            turns = self._turns[priority]
            account, promoted, rank, work, lane = turns[0]
            seconds = reference_seconds(work)
            self._classes[priority] += seconds / priority.share
            following = next(lane.works, None)
            if following is not None:
                heapreplace(turns, (account + seconds, promoted, rank, following, lane))
            else:
                heappop(turns)
                if not turns:
                    del self._turns[priority]
            yield work, (priority, lane.session_id)

    def _open(self, lane: _Lane, ledger: Ledger) -> None:
        """Among equals the older comes first, but aged work never before work that is urgent by itself."""
        priority = lane.priority
        turns = self._turns.get(priority)
        if turns is None:
            turns = self._turns[priority] = []
            self._classes[priority] = ledger.classes.of(priority)
            self._sessions[priority] = ledger.sessions_of(priority)
        self.active.add((priority, lane.session_id))
        self.urgent = self.urgent or lane.first.priority is Priority.INTERACTIVE
        account = self._sessions[priority].of(lane.session_id)
        turns.append((account, int(lane.promoted), lane.rank, lane.first, lane))


def _account(work: Work) -> SessionKey:
    return work.priority, work.session_id
