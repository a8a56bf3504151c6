"""Attempts in the database, and the moves that an attempt and its generation make together."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Select,
    Text,
    Update,
    bindparam,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from vibes.domain.attempt import OPEN_ATTEMPT_STATES, Attempt, AttemptState
from vibes.domain.generation import OPEN_STATUSES, GenerationStatus, StoredImage
from vibes.domain.ids import AttemptId, BatchId, GenerationId
from vibes.domain.spending import SPENT, UNCLEAR, Commitment, Settled
from vibes.storage.repositories.spendings import commit, settle
from vibes.storage.sql.database import Database
from vibes.storage.sql.rows import Columns, attempt_columns, attempt_of, image_columns
from vibes.storage.sql.tables import ATTEMPTS, GENERATIONS

_COLUMNS = ATTEMPTS.c
# Written as ORs, since an IN list is expanded at each execution and cannot be used with executemany.
_IS_OPEN = or_(*(_COLUMNS.state == state for state in sorted(OPEN_ATTEMPT_STATES)))
_GENERATION_IS_OPEN = or_(*(GENERATIONS.c.status == status for status in sorted(OPEN_STATUSES)))

# Built once: these moves are the hub's most frequent statements, and building one costs more than running it. Values
# are passed by column name at execution.
_ATTEMPT = select(_COLUMNS.generation_id, _COLUMNS.node_id, _COLUMNS.state).where(_COLUMNS.id == bindparam("attempt"))
_SET_ATTEMPT = update(ATTEMPTS).where(_COLUMNS.id == bindparam("attempt"))
_SET_OPEN_ATTEMPT = _SET_ATTEMPT.where(_IS_OPEN)
_SET_OPEN_ATTEMPTS_OF = update(ATTEMPTS).where(_COLUMNS.generation_id == bindparam("generation"), _IS_OPEN)
_ADVANCE = _SET_OPEN_ATTEMPT.where(_COLUMNS.state != bindparam("target")).values(
    state=bindparam("target"), node_number=func.coalesce(bindparam("number"), _COLUMNS.node_number)
)
_OPEN_ATTEMPTS_OF = select(_COLUMNS.id).where(_COLUMNS.generation_id == bindparam("generation"), _IS_OPEN)
_GENERATING = select(GENERATIONS.c.id).where(
    GENERATIONS.c.id == bindparam("generation"), GENERATIONS.c.status == GenerationStatus.GENERATING
)
_SET_GENERATION = update(GENERATIONS).where(GENERATIONS.c.id == bindparam("generation"))
_SET_QUEUED_GENERATION = _SET_GENERATION.where(GENERATIONS.c.status == GenerationStatus.QUEUED)
_SET_GENERATING_GENERATION = _SET_GENERATION.where(GENERATIONS.c.status == GenerationStatus.GENERATING)
_SET_OPEN_GENERATION = _SET_GENERATION.where(_GENERATION_IS_OPEN)
_SET_UNFINISHED_GENERATION = _SET_GENERATION.where(
    or_(_GENERATION_IS_OPEN, GENERATIONS.c.status == GenerationStatus.FAILED)
)


_ABSOLVE = update(ATTEMPTS).where(_COLUMNS.node_died.is_(True)).values(node_died=False)
_CLOSED = sorted(set(AttemptState) - OPEN_ATTEMPT_STATES)
_SLICE = 500


class SqlAttempts:
    """Implements ``AttemptRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, attempt: Attempt, commitment: Commitment | None = None) -> bool:
        return await self._database.write(lambda connection: _begin(connection, attempt, commitment))

    async def begin_second(self, attempt: Attempt) -> bool:
        return await self._database.write(lambda connection: _begin_second(connection, attempt))

    async def get(self, attempt_id: AttemptId) -> Attempt | None:
        row = await self._database.row(select(ATTEMPTS).where(_COLUMNS.id == attempt_id))
        return row and attempt_of(row)

    async def open_attempts(self) -> Sequence[Attempt]:
        return [attempt_of(row) for row in await self._database.rows(open_attempts())]

    async def of_generation(self, generation_id: GenerationId) -> Sequence[Attempt]:
        return [attempt_of(row) for row in await self._database.rows(of_generation(generation_id))]

    async def of_batch(self, batch_id: BatchId) -> Sequence[Attempt]:
        return [attempt_of(row) for row in await self._database.rows(of_batch(batch_id))]

    async def advance(self, attempt_id: AttemptId, state: AttemptState, *, node_number: float | None = None) -> bool:
        """False when it is closed, or already in this state."""
        if state not in OPEN_ATTEMPT_STATES:
            raise ValueError(f"{state} closes an attempt; advance leads to an open state")
        values = {"attempt": attempt_id, "target": state, "number": node_number}
        return await self._database.write(lambda connection: _moved(connection, _ADVANCE, values))

    async def renew(self, attempt_ids: Collection[AttemptId], lease_expires_at: datetime) -> None:
        values = [{"attempt": attempt_id, "lease_expires_at": lease_expires_at} for attempt_id in attempt_ids]
        if values:
            await self._database.write(lambda connection: connection.execute(_SET_OPEN_ATTEMPT, values))

    async def win(
        self,
        attempt_id: AttemptId,
        images: Sequence[StoredImage],
        *,
        generation_time_ms: int,
        at: datetime,
        paid: Settled = SPENT,
        reproducible: bool = True,
    ) -> bool:
        outcome = {
            "generation_time_ms": generation_time_ms,
            "completed_at": at,
            "reproducible": reproducible,
            **image_columns(images),
        }
        return await self._database.write(
            lambda connection: _settled(connection, attempt_id, paid, _win(connection, attempt_id, outcome, at), at)
        )

    async def give_up(
        self,
        attempt_id: AttemptId,
        state: AttemptState,
        message: str | None,
        *,
        at: datetime,
        node_died: bool = False,
        paid: Settled = UNCLEAR,
    ) -> bool:
        end = {**_end(state, at, message), "node_died": node_died}
        return await self._database.write(
            lambda connection: _settled(connection, attempt_id, paid, _give_up(connection, attempt_id, end), at)
        )

    async def return_to_queue(self, generation_id: GenerationId, unwanted: Collection[AttemptId]) -> bool:
        return await self._database.write(lambda connection: _return_to_queue(connection, generation_id, unwanted))

    async def absolve(self, attempt_id: AttemptId) -> bool:
        return await self._database.change(_ABSOLVE.where(_COLUMNS.id == attempt_id)) == 1

    async def forget_graphs(self, *, created_from: datetime, created_before: datetime) -> int:
        """In slices: others must get to write in between."""
        doomed = graphs_of_closed(created_from, created_before).limit(_SLICE)
        forgotten = 0
        while True:
            changed = await self._database.change(update(ATTEMPTS).where(_COLUMNS.id.in_(doomed)).values(graph={}))
            forgotten += changed
            if changed < _SLICE:
                return forgotten

    async def deaths(self) -> Mapping[GenerationId, int]:
        return {row.generation_id: row.number for row in await self._database.rows(deaths())}

    async def fail(
        self,
        attempt_id: AttemptId,
        message: str,
        *,
        at: datetime,
        state: AttemptState = AttemptState.ERRORED,
        paid: Settled = UNCLEAR,
    ) -> bool:
        end = _end(state, at, message)
        return await self._database.write(
            lambda connection: _settled(connection, attempt_id, paid, _fail(connection, attempt_id, end), at)
        )

    async def close(self, attempt_id: AttemptId, state: AttemptState, *, at: datetime, paid: Settled = UNCLEAR) -> bool:
        values = {"attempt": attempt_id, **_end(state, at)}
        return await self._database.write(
            lambda connection: _settled(connection, attempt_id, paid, _moved(connection, _SET_OPEN_ATTEMPT, values), at)
        )


def open_attempts() -> Select[Any]:
    return select(ATTEMPTS).where(_IS_OPEN).order_by(_COLUMNS.created_at, _COLUMNS.id)


def of_generation(generation_id: GenerationId) -> Select[Any]:
    query = select(ATTEMPTS).where(_COLUMNS.generation_id == generation_id)
    return query.order_by(_COLUMNS.created_at, _COLUMNS.id)


def of_batch(batch_id: BatchId) -> Select[Any]:
    columns = [literal({}, JSON).label("graph") if column.name == "graph" else column for column in _COLUMNS]
    query = select(*columns).join(GENERATIONS).where(GENERATIONS.c.batch_id == batch_id)
    return query.order_by(_COLUMNS.created_at, _COLUMNS.id)


def graphs_of_closed(created_from: datetime, created_before: datetime) -> Select[Any]:
    """Ids of the attempts closed in that time which still have their graphs."""
    return select(_COLUMNS.id).where(
        _COLUMNS.state.in_(_CLOSED),
        _COLUMNS.created_at >= created_from,
        _COLUMNS.created_at < created_before,
        cast(_COLUMNS.graph, Text) != "{}",
    )


def deaths() -> Select[Any]:
    """Starts from the open generations, which are few, and not from all attempts."""
    joined = GENERATIONS.join(ATTEMPTS, _COLUMNS.generation_id == GENERATIONS.c.id)
    return (
        select(_COLUMNS.generation_id, func.count().label("number"))
        .select_from(joined)
        .where(GENERATIONS.c.status.in_(sorted(OPEN_STATUSES)), _COLUMNS.node_died.is_(True))
        .group_by(_COLUMNS.generation_id)
    )


def _begin(connection: Connection, attempt: Attempt, commitment: Commitment | None) -> bool:
    status = GenerationStatus.GENERATING
    values = {"generation": attempt.generation_id, "status": status, "gpu_id": attempt.node_id}
    claimed = _moved(connection, _SET_QUEUED_GENERATION, values)
    if claimed:
        connection.execute(insert(ATTEMPTS), attempt_columns(attempt))
    if claimed and commitment is not None:
        commit(connection, attempt, commitment)
    return claimed


def _begin_second(connection: Connection, attempt: Attempt) -> bool:
    generating = connection.execute(_GENERATING, {"generation": attempt.generation_id}).first() is not None
    if generating:
        connection.execute(insert(ATTEMPTS), attempt_columns(attempt))
    return generating


def _win(connection: Connection, attempt_id: AttemptId, outcome: Columns, at: datetime) -> bool:
    attempt = connection.execute(_ATTEMPT, {"attempt": attempt_id}).first()
    if attempt is None or attempt.state == AttemptState.WON:
        return False
    generation = {"generation": attempt.generation_id}
    complete = {"status": GenerationStatus.COMPLETE, "gpu_id": attempt.node_id, **outcome}
    may_win = _SET_UNFINISHED_GENERATION if attempt.state == AttemptState.MAYBE_PAID else _SET_OPEN_GENERATION
    won = _moved(connection, may_win, {**generation, "error_message": None, **complete})
    # From any state: a result may arrive late, from an attempt that was already lost.
    own_end = _end(AttemptState.WON if won else AttemptState.SUPERSEDED, at)
    connection.execute(_SET_ATTEMPT, {"attempt": attempt_id, **own_end})
    if won:
        connection.execute(_SET_OPEN_ATTEMPTS_OF, {**generation, **_end(AttemptState.SUPERSEDED, at)})
    return won


def _give_up(connection: Connection, attempt_id: AttemptId, end: Columns) -> bool:
    attempt = connection.execute(_ATTEMPT, {"attempt": attempt_id}).first()
    if attempt is None or not _moved(connection, _SET_OPEN_ATTEMPT, {"attempt": attempt_id, **end}):
        return False
    return _return_to_queue(connection, attempt.generation_id, ())


def _return_to_queue(connection: Connection, generation_id: GenerationId, unwanted: Collection[AttemptId]) -> bool:
    generation = {"generation": generation_id}
    if any(row.id not in unwanted for row in connection.execute(_OPEN_ATTEMPTS_OF, generation)):
        return False
    back = {**generation, "status": GenerationStatus.QUEUED, "gpu_id": None}
    return _moved(connection, _SET_GENERATING_GENERATION, back)


def _fail(connection: Connection, attempt_id: AttemptId, end: Columns) -> bool:
    attempt = connection.execute(_ATTEMPT, {"attempt": attempt_id}).first()
    if attempt is None or not _moved(connection, _SET_OPEN_ATTEMPT, {"attempt": attempt_id, **end}):
        return False
    outcome = {
        "status": GenerationStatus.FAILED,
        "error_message": end["error_message"],
        "completed_at": end["finished_at"],
    }
    return _moved(connection, _SET_OPEN_GENERATION, {"generation": attempt.generation_id, **outcome})


def _end(state: AttemptState, at: datetime, message: str | None = None) -> Columns:
    """What is written into an attempt's row when it closes."""
    if state in OPEN_ATTEMPT_STATES:
        raise ValueError(f"{state} leaves an attempt open; closing needs a closed state")
    return {"state": state, "finished_at": at, "error_message": message}


def _settled(connection: Connection, attempt_id: AttemptId, paid: Settled, moved: bool, at: datetime) -> bool:
    """Settle the attempt's money in the transaction that ends it, even if it was closed before; answers ``moved``."""
    settle(connection, attempt_id, paid, at)
    return moved


def _moved(connection: Connection, statement: Update, values: Columns) -> bool:
    """Whether the compare-and-set changed a row."""
    return connection.execute(statement, values).rowcount == 1
