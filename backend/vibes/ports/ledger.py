"""What the services need of the ledger: money is committed with its attempt, and settled with its end."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from vibes.domain.attempt import AttemptState
from vibes.domain.ids import AttemptId, BatchId, GenerationId
from vibes.domain.money import MicroUsd
from vibes.domain.spending import HeldMoney, MaybePaidAttempt, Settled, SpendingTotal


class SpendingRepository(Protocol):
    """Rows are made by `AttemptRepository.begin` and settled by the moves that end an attempt."""

    async def held(self) -> Sequence[HeldMoney]:
        """All that counts against any limit, from one snapshot: by node, purse and day what is settled, and each
        commitment."""

    async def totals(self, *, from_day: str, to_day: str) -> Sequence[SpendingTotal]:
        """Of these days, both included, without what was released; newest day first."""

    async def paid_for(self, generation_ids: Collection[GenerationId]) -> frozenset[GenerationId]:
        """Those of these, a few hundred at most, for which something was spent, or may have been, since a person last
        asked for them."""

    async def settle(self, attempt_id: AttemptId, settled: Settled, *, at: datetime) -> bool:
        """committed or unclear → what became of it. What is spent or released stays so: False."""

    async def leave_unclear(self, *, at: datetime) -> int:
        """Commitments whose attempt is not open any more, which a killed hub left, are unclear; answers how many."""

    async def maybe_paid(self, *, limit: int) -> Sequence[MaybePaidAttempt]:
        """Attempts that wait for a person to settle them, oldest first."""

    async def count_maybe_paid(self) -> int:
        """How many attempts wait for a person to settle them."""

    async def amount_of(self, attempt_id: AttemptId) -> MicroUsd | None:
        """What was committed for it, spent, or is unclear; None: nothing."""

    async def resolve(
        self, attempt_id: AttemptId, state: AttemptState, message: str, settled: Settled, *, at: datetime
    ) -> bool:
        """maybe_paid → another closed state, with its money. True only for the caller that made the move."""

    async def allow_more(self, batch_id: BatchId, amount: MicroUsd) -> None:
        """The pictures of its purse may cost so much more."""
