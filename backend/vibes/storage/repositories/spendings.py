"""The ledger in the database: what is committed, spent and unclear, and the limits that no commitment may exceed."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, case, cast, func, insert, or_, select, update

from vibes.domain.attempt import OPEN_ATTEMPT_STATES, Attempt, AttemptState
from vibes.domain.errors import CapReached
from vibes.domain.ids import AttemptId, BatchId, GenerationId
from vibes.domain.money import MicroUsd, shown_usd
from vibes.domain.spending import (
    COUNTING_STATES,
    Commitment,
    HeldMoney,
    MaybePaidAttempt,
    Settled,
    SpendingState,
    SpendingTotal,
    day_of,
    month_of,
)
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import ATTEMPTS, BATCHES, GENERATIONS, SPENDINGS

_COLUMNS = SPENDINGS.c
_COUNTS = _COLUMNS.state.in_(sorted(COUNTING_STATES))
_WAS_PAID = or_(_COLUMNS.state == SpendingState.SPENT, _COLUMNS.state == SpendingState.UNCLEAR)
_UNSETTLED = or_(_COLUMNS.state == SpendingState.COMMITTED, _COLUMNS.state == SpendingState.UNCLEAR)
_WAITS_FOR_A_PERSON = ATTEMPTS.c.state == AttemptState.MAYBE_PAID
_PURSE = func.coalesce(BATCHES.c.purse, BATCHES.c.id)
_SUM = cast(func.sum(_COLUMNS.amount), BigInteger)
"""PostgreSQL adds up in a wider type, which Python reads as something else than a number."""

# Built once: every attempt that ends asks whether it holds money.
_SETTLE = (
    update(SPENDINGS)
    .where(_COLUMNS.attempt_id == bindparam("attempt"), _UNSETTLED)
    .values(
        state=bindparam("state"),
        amount=func.coalesce(bindparam("amount"), _COLUMNS.amount),
        settled_at=bindparam("settled_at"),
    )
)
_COST_OF = select(_SUM).where(_COLUMNS.generation_id == GENERATIONS.c.id, _WAS_PAID)
_TELL_COST = (
    update(GENERATIONS)
    .where(
        GENERATIONS.c.id
        == select(_COLUMNS.generation_id).where(_COLUMNS.attempt_id == bindparam("attempt")).scalar_subquery()
    )
    .values(cost=_COST_OF.scalar_subquery())
)


class SqlSpendings:
    """Implements ``SpendingRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self) -> Sequence[HeldMoney]:
        committed = case((_COLUMNS.state == SpendingState.COMMITTED, _COLUMNS.attempt_id), else_=None)
        keys = (_COLUMNS.node_id, _COLUMNS.purse, _COLUMNS.day, committed.label("attempt_id"))
        query = select(*keys, _SUM.label("amount")).where(_COUNTS).group_by(*keys)
        return await self._database.values(query, _held_of)

    async def totals(self, *, from_day: str, to_day: str) -> Sequence[SpendingTotal]:
        keys = (_COLUMNS.day, _COLUMNS.node_id, _COLUMNS.session_id, _COLUMNS.state)
        sums = (_SUM.label("amount"), func.count().label("pictures"))
        query = select(*keys, *sums).where(_COUNTS, _COLUMNS.day >= from_day, _COLUMNS.day <= to_day)
        return await self._database.values(query.group_by(*keys).order_by(_COLUMNS.day.desc(), *keys[1:]), _total_of)

    async def paid_for(self, generation_ids: Collection[GenerationId]) -> frozenset[GenerationId]:
        theirs = _COLUMNS.generation_id.in_(generation_ids)
        query = select(_COLUMNS.generation_id).where(theirs, _WAS_PAID, _COLUMNS.written_off.is_(False))
        return frozenset(await self._database.values(query, lambda row: GenerationId(row.generation_id)))

    async def settle(self, attempt_id: AttemptId, settled: Settled, *, at: datetime) -> bool:
        return await self._database.write(lambda connection: settle(connection, attempt_id, settled, at))

    async def leave_unclear(self, *, at: datetime) -> int:
        return await self._database.write(lambda connection: _leave_unclear(connection, at))

    async def maybe_paid(self, *, limit: int) -> Sequence[MaybePaidAttempt]:
        query = (
            select(
                *(ATTEMPTS.c.id, ATTEMPTS.c.node_id, ATTEMPTS.c.error_message, ATTEMPTS.c.created_at),
                *(GENERATIONS.c.id.label("generation_id"), GENERATIONS.c.batch_id, GENERATIONS.c.session_id),
                *(GENERATIONS.c.prompt, _COLUMNS.amount),
            )
            .join(GENERATIONS, GENERATIONS.c.id == ATTEMPTS.c.generation_id)
            .join(SPENDINGS, _COLUMNS.attempt_id == ATTEMPTS.c.id, isouter=True)
            .where(_WAITS_FOR_A_PERSON)
            .order_by(ATTEMPTS.c.created_at, ATTEMPTS.c.id)
            .limit(limit)
        )
        return await self._database.values(query, _maybe_paid_of)

    async def count_maybe_paid(self) -> int:
        number = func.count().label("number")
        [row] = await self._database.rows(select(number).select_from(ATTEMPTS).where(_WAITS_FOR_A_PERSON))
        return int(row.number)

    async def amount_of(self, attempt_id: AttemptId) -> MicroUsd | None:
        query = select(_COLUMNS.amount).where(_COLUMNS.attempt_id == attempt_id, _COUNTS)
        return next(iter(await self._database.values(query, lambda row: MicroUsd(row.amount))), None)

    async def resolve(
        self, attempt_id: AttemptId, state: AttemptState, message: str, settled: Settled, *, at: datetime
    ) -> bool:
        return await self._database.write(
            lambda connection: _resolve(connection, attempt_id, {"state": state, "error_message": message}, settled, at)
        )

    async def allow_more(self, batch_id: BatchId, amount: MicroUsd) -> None:
        purse = select(_PURSE).where(BATCHES.c.id == batch_id).scalar_subquery()
        sharing = update(BATCHES).where(purse == _PURSE).values(max_cost=BATCHES.c.max_cost + amount)
        await self._database.change(sharing)


def commit(connection: Connection, attempt: Attempt, commitment: Commitment) -> None:
    """Raises CapReached, with nothing written, when one of its limits would be exceeded."""
    owner = connection.execute(_batch_of(attempt.generation_id)).one()
    day = day_of(attempt.created_at)
    for limit, counted, words in _limits(attempt, commitment, owner, day):
        held = connection.execute(select(func.coalesce(_SUM, 0)).where(_COUNTS, *counted)).scalar()
        if (held or 0) + commitment.amount > limit:
            raise CapReached(
                f"{shown_usd(commitment.amount)} more than the {shown_usd(MicroUsd(held or 0))} so far would exceed "
                f"the {shown_usd(MicroUsd(limit))} that {words}"
            )
    connection.execute(
        insert(SPENDINGS),
        {
            "attempt_id": attempt.id,
            "generation_id": attempt.generation_id,
            "batch_id": owner.batch_id,
            "session_id": owner.session_id,
            "purse": owner.purse,
            "node_id": attempt.node_id,
            "owner": owner.owner,
            "state": SpendingState.COMMITTED,
            "amount": commitment.amount,
            "day": day,
            "committed_at": attempt.created_at,
        },
    )


def settle(connection: Connection, attempt_id: AttemptId, settled: Settled, at: datetime) -> bool:
    """What became of the attempt's money, if it holds any."""
    values = {"attempt": attempt_id, "state": settled.state, "amount": settled.amount, "settled_at": at}
    moved = connection.execute(_SETTLE, values).rowcount == 1
    if moved:
        connection.execute(_TELL_COST, {"attempt": attempt_id})
    return moved


def write_off(connection: Connection, generation_id: GenerationId) -> None:
    """A person asks for the picture again, whatever was paid for it so far."""
    connection.execute(update(SPENDINGS).where(_COLUMNS.generation_id == generation_id).values(written_off=True))


def _batch_of(generation_id: GenerationId) -> Any:
    return (
        select(
            BATCHES.c.id.label("batch_id"),
            BATCHES.c.session_id,
            BATCHES.c.owner,
            BATCHES.c.max_cost,
            _PURSE.label("purse"),
        )
        .join(GENERATIONS, GENERATIONS.c.batch_id == BATCHES.c.id)
        .where(GENERATIONS.c.id == generation_id)
    )


def _limits(
    attempt: Attempt, commitment: Commitment, owner: Any, day: str
) -> Iterator[tuple[int, tuple[ColumnElement[bool], ...], str]]:
    """Each limit with what counts against it, and whose it is in words."""
    budget, of_purse, of_node = commitment.budget, _COLUMNS.purse == owner.purse, _COLUMNS.node_id == attempt.node_id
    yield owner.max_cost, (of_purse,), "this batch may spend"
    if budget.per_batch is not None:
        yield budget.per_batch, (of_purse, of_node), f"a batch may spend on {attempt.node_id}"
    if budget.daily is not None:
        yield budget.daily, (of_node, _COLUMNS.day == day), f"may be spent on {attempt.node_id} in a day"
    if budget.monthly is not None:
        of_month = _COLUMNS.day.startswith(month_of(day), autoescape=True)
        yield budget.monthly, (of_node, of_month), f"may be spent on {attempt.node_id} in a month"


def _leave_unclear(connection: Connection, at: datetime) -> int:
    still_open = select(ATTEMPTS.c.id).where(ATTEMPTS.c.state.in_(sorted(OPEN_ATTEMPT_STATES)))
    left = select(_COLUMNS.attempt_id).where(
        _COLUMNS.state == SpendingState.COMMITTED, _COLUMNS.attempt_id.not_in(still_open)
    )
    ids = [row.attempt_id for row in connection.execute(left)]
    return sum(settle(connection, each, Settled(SpendingState.UNCLEAR), at) for each in ids)


def _resolve(
    connection: Connection, attempt_id: AttemptId, end: dict[str, Any], settled: Settled, at: datetime
) -> bool:
    unresolved = update(ATTEMPTS).where(ATTEMPTS.c.id == attempt_id, ATTEMPTS.c.state == AttemptState.MAYBE_PAID)
    moved = connection.execute(unresolved.values(**end, finished_at=at)).rowcount == 1
    if moved:
        settle(connection, attempt_id, settled, at)
    return moved


def _held_of(row: Any) -> HeldMoney:
    return HeldMoney(
        node_id=row.node_id,
        purse=row.purse,
        day=row.day,
        amount=MicroUsd(row.amount),
        attempt_id=row.attempt_id,
    )


def _total_of(row: Any) -> SpendingTotal:
    return SpendingTotal(
        day=row.day,
        node_id=row.node_id,
        session_id=row.session_id,
        state=SpendingState(row.state),
        amount=MicroUsd(row.amount),
        pictures=row.pictures,
    )


def _maybe_paid_of(row: Any) -> MaybePaidAttempt:
    return MaybePaidAttempt(
        attempt_id=row.id,
        generation_id=row.generation_id,
        batch_id=row.batch_id,
        session_id=row.session_id,
        node_id=row.node_id,
        prompt=row.prompt,
        message=row.error_message or "",
        amount=row.amount,
        created_at=row.created_at,
    )
