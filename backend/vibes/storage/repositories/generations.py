"""Generations and their batches in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, Update, bindparam, delete, func, insert, select, update

from vibes.domain.batch import Batch, IdempotencyRecord
from vibes.domain.errors import Conflict, NotFound
from vibes.domain.generation import OPEN_STATUSES, Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, SessionId
from vibes.domain.pictures.retention import Expendable
from vibes.ports.criteria import GenerationFilter
from vibes.ports.storage import KEY_USED_MEANWHILE
from vibes.storage.repositories import generation_queries as queries
from vibes.storage.repositories.doomed_files import doom
from vibes.storage.repositories.spendings import write_off
from vibes.storage.sql.database import Database
from vibes.storage.sql.rows import (
    Columns,
    KeptOnce,
    batch_columns,
    batch_of,
    generation_columns,
    generation_of,
    idempotency_columns,
    idempotency_of,
    image_columns,
    images_of,
    lora_columns,
    varied_columns,
)
from vibes.storage.sql.tables import (
    BATCHES,
    GENERATION_LORAS,
    GENERATION_VARIED,
    GENERATIONS,
    IDEMPOTENCY_KEYS,
    SESSIONS,
)

# Built once: it is asked for each picture, and building it costs more than running it.
_STATUS = select(GENERATIONS.c.status).where(GENERATIONS.c.id == bindparam("generation"))
_SLICE = 100
_OPEN = sorted(OPEN_STATUSES)
_RETRYABLE = [GenerationStatus.FAILED, GenerationStatus.CANCELLED]
_NO_OUTCOME: Columns = {
    "gpu_id": None,
    "generation_time_ms": None,
    "error_message": None,
    "completed_at": None,
    "discard_after": None,  # a retry keeps the picture
    **image_columns(()),
}


class SqlGenerations:
    """Implements ``GenerationRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_batch(
        self, batch: Batch, generations: Sequence[Generation], idempotency: IdempotencyRecord | None
    ) -> None:
        await self._database.write(lambda connection: _add_batch(connection, batch, generations, idempotency))

    async def get_batch(self, batch_id: BatchId) -> Batch | None:
        row = await self._database.row(select(BATCHES).where(BATCHES.c.id == batch_id))
        return row and batch_of(row)

    async def find_idempotent(self, key: str) -> IdempotencyRecord | None:
        row = await self._database.row(select(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.key == key))
        return row and idempotency_of(row)

    async def get(self, generation_id: GenerationId) -> Generation | None:
        row = await self._database.row(select(GENERATIONS).where(GENERATIONS.c.id == generation_id))
        return row and generation_of(row)

    async def status(self, generation_id: GenerationId) -> GenerationStatus | None:
        row = await self._database.row(_STATUS, {"generation": generation_id})
        return row and GenerationStatus(row.status)

    async def search(self, criteria: GenerationFilter) -> Sequence[Generation]:
        return await self._all(queries.matching(criteria))

    async def count(self, criteria: GenerationFilter) -> int:
        [row] = await self._database.rows(queries.number_matching(criteria))
        return int(row.number)

    async def of_batch(self, batch_id: BatchId) -> Sequence[Generation]:
        return await self._all(queries.of_batch(batch_id))

    async def of_session(self, session_id: SessionId) -> Sequence[Generation]:
        return await self._all(queries.of_session(session_id))

    async def with_status(self, statuses: Collection[GenerationStatus]) -> Sequence[Generation]:
        return await self._all(queries.with_status(statuses))

    async def count_by_status(self) -> dict[GenerationStatus, int]:
        """Contains every status, including those without generations."""
        query = select(GENERATIONS.c.status, func.count().label("number")).group_by(GENERATIONS.c.status)
        found = {row.status: row.number for row in await self._database.rows(query)}
        return {status: found.get(status, 0) for status in GenerationStatus}

    async def cancel(self, generation_id: GenerationId, *, at: datetime) -> bool:
        return await self._move(generation_id, _OPEN, GenerationStatus.CANCELLED, {"completed_at": at})

    async def cancel_all(self, generation_ids: Sequence[GenerationId], *, at: datetime) -> Sequence[GenerationId]:
        return await self._database.write(lambda connection: _cancel_all(connection, generation_ids, at))

    async def fail(self, generation_id: GenerationId, message: str, *, at: datetime) -> bool:
        outcome = {"completed_at": at, "error_message": message}
        return await self._move(generation_id, _OPEN, GenerationStatus.FAILED, outcome)

    async def retry(self, generation_id: GenerationId) -> bool:
        return await self._database.write(lambda connection: _retry(connection, generation_id))

    async def set_starred(self, generation_id: GenerationId, *, starred: bool) -> bool:
        """False when the generation no longer exists."""
        return await self._set(generation_id, starred=starred, **({"discard_after": None} if starred else {}))

    async def set_rating(self, generation_id: GenerationId, rating: int | None) -> bool:
        """False when the generation no longer exists."""
        return await self._set(generation_id, rating=rating, **({} if rating is None else {"discard_after": None}))

    async def _set(self, generation_id: GenerationId, **values: Any) -> bool:
        statement = update(GENERATIONS).where(GENERATIONS.c.id == generation_id).values(**values)
        return await self._database.change(statement) == 1

    async def set_discard(self, generation_ids: Collection[GenerationId], discard_after: datetime) -> None:
        """Starred ones and those on a board are never marked."""
        await self._database.write(lambda connection: mark_discarded(connection, generation_ids, discard_after))

    async def restore(self, generation_ids: Collection[GenerationId], *, at: datetime) -> None:
        await self._database.write(lambda connection: restore_discarded(connection, generation_ids, at))

    async def let_go(self, generation_ids: Collection[GenerationId], discard_after: datetime) -> None:
        """Mark those of them that are still expendable: meanwhile somebody may have marked one as worth keeping."""
        await self._database.write(lambda connection: _let_go(connection, generation_ids, discard_after))

    async def set_place(self, generation_ids: Collection[GenerationId], place: int) -> None:
        await self._set_each(generation_ids, place=place)

    async def delete_discarded(self, now: datetime) -> int:
        return await self._database.write(lambda connection: _delete_discarded(connection, now))

    async def queued_ids(self) -> Sequence[GenerationId]:
        return await self._database.values(queries.queued_ids(), lambda row: GenerationId(row.id))

    async def queued(self, generation_ids: Sequence[GenerationId]) -> Sequence[Generation]:
        found = {each.id: each for each in await self._all(queries.queued(generation_ids))}
        return [found[each] for each in generation_ids if each in found]

    async def batches(self, batch_ids: Sequence[BatchId]) -> Sequence[Batch]:
        return await self._database.values(select(BATCHES).where(BATCHES.c.id.in_(batch_ids)), batch_of)

    async def statuses_in(
        self, batch_ids: Sequence[BatchId]
    ) -> Mapping[BatchId, Mapping[GenerationId, GenerationStatus]]:
        statuses: dict[BatchId, dict[GenerationId, GenerationStatus]] = {}
        for row in await self._database.rows(queries.statuses_in(batch_ids)):
            statuses.setdefault(row.batch_id, {})[row.id] = GenerationStatus(row.status)
        return statuses

    async def file_paths(self, session_id: SessionId) -> frozenset[str]:
        images = await self._database.values(queries.images_of_session(session_id), images_of)
        return frozenset(path for each in images for image in each for path in image.paths)

    async def requeue_orphans(self) -> int:
        return await self._database.change(queries.requeue_orphans())

    async def kept_bytes(self) -> int:
        row = await self._database.row(queries.first_bytes())
        more = await self._database.values(queries.further_bytes(), _bytes_of_further)
        return (row.bytes or 0 if row else 0) + sum(more)

    async def expendable(self) -> Sequence[Expendable]:
        return await self._database.values(queries.expendable(), _expendable_of)

    async def _set_each(self, generation_ids: Collection[GenerationId], **columns: Any) -> None:
        wanted = [{"wanted": generation_id} for generation_id in generation_ids]
        if wanted:
            statement = update(GENERATIONS).where(GENERATIONS.c.id == bindparam("wanted")).values(**columns)
            await self._database.write(lambda connection: connection.execute(statement, wanted))

    async def _all(self, query: Select[Any]) -> Sequence[Generation]:
        return await self._database.values(query, partial(generation_of, once=KeptOnce()))

    async def _move(
        self,
        generation_id: GenerationId,
        sources: Sequence[GenerationStatus],
        target: GenerationStatus,
        outcome: Columns,
    ) -> bool:
        return await self._database.change(_moving(generation_id, sources, target, outcome)) == 1


def _moving(
    generation_id: GenerationId, sources: Sequence[GenerationStatus], target: GenerationStatus, outcome: Columns
) -> Update:
    of_these = (GENERATIONS.c.id == generation_id, GENERATIONS.c.status.in_(sources))
    return update(GENERATIONS).where(*of_these).values(status=target, **outcome)


def _require_kept(connection: Connection, session_id: SessionId) -> None:
    """Raises NotFound for a session that was deleted, for good or not: nobody would see what is drawn for it."""
    kept = select(SESSIONS.c.id).where(SESSIONS.c.id == session_id, SESSIONS.c.delete_after.is_(None))
    if connection.execute(kept).first() is None:
        raise NotFound(f"there is no session {session_id}", code="unknown_session")


def _retry(connection: Connection, generation_id: GenerationId) -> bool:
    found = connection.execute(select(GENERATIONS.c.session_id).where(GENERATIONS.c.id == generation_id)).first()
    if found is None:
        return False
    _require_kept(connection, found.session_id)
    outcome = {**_NO_OUTCOME, "retried": True}
    moved = connection.execute(_moving(generation_id, _RETRYABLE, GenerationStatus.QUEUED, outcome)).rowcount == 1
    if moved:
        write_off(connection, generation_id)
    return moved


def _add_batch(
    connection: Connection, batch: Batch, generations: Sequence[Generation], idempotency: IdempotencyRecord | None
) -> None:
    _require_kept(connection, batch.session_id)
    connection.execute(insert(BATCHES), batch_columns(batch))
    # In slices, since preparing rows takes time on the event loop, which others need in between.
    for start in range(0, len(generations), _SLICE):
        part = generations[start : start + _SLICE]
        _insert_all(connection, GENERATIONS, [generation_columns(generation) for generation in part])
        _insert_all(connection, GENERATION_LORAS, lora_columns(part))
        _insert_all(connection, GENERATION_VARIED, varied_columns(part))
    if idempotency is not None:
        _claim_key(connection, idempotency)


def _cancel_all(connection: Connection, generation_ids: Sequence[GenerationId], at: datetime) -> Sequence[GenerationId]:
    moved: list[GenerationId] = []
    values = {"status": GenerationStatus.CANCELLED, "completed_at": at}
    for start in range(0, len(generation_ids), _SLICE):
        asked = GENERATIONS.c.id.in_(generation_ids[start : start + _SLICE])
        still_open = select(GENERATIONS.c.id).where(asked, GENERATIONS.c.status.in_(_OPEN))
        found = [row.id for row in connection.execute(still_open)]
        connection.execute(update(GENERATIONS).where(GENERATIONS.c.id.in_(found)).values(values))
        moved += found
    return moved


def _expendable_of(row: Row[Any]) -> Expendable:
    return Expendable(GenerationId(row.id), row.finished_at, row.image_size_bytes + _bytes_of_further(row))


def _bytes_of_further(row: Row[Any]) -> int:
    return sum(each["size_bytes"] for each in row.further_images or ())


def _delete_discarded(connection: Connection, now: datetime) -> int:
    discarded = queries.is_discardable(now)
    doom(connection, discarded)
    return connection.execute(delete(GENERATIONS).where(discarded)).rowcount


def mark_discarded(
    connection: Connection, generation_ids: Collection[GenerationId], discard_after: datetime | None
) -> None:
    """One execution for each id: any number of ids, without SQLite's limit on bound values. What a person keeps is not
    marked."""
    wanted = [{"wanted": generation_id} for generation_id in generation_ids]
    if wanted:
        one = update(GENERATIONS).where(GENERATIONS.c.id == bindparam("wanted"), ~queries.is_kept_by_hand())
        connection.execute(one.values(discard_after=discard_after), wanted)


def restore_discarded(connection: Connection, generation_ids: Collection[GenerationId], at: datetime) -> None:
    """Take the mark away from those that have one."""
    wanted = [{"wanted": generation_id} for generation_id in generation_ids]
    if wanted:
        marked = (GENERATIONS.c.id == bindparam("wanted"), GENERATIONS.c.discard_after.is_not(None))
        connection.execute(update(GENERATIONS).where(*marked).values(discard_after=None, restored_at=at), wanted)


def _let_go(connection: Connection, generation_ids: Collection[GenerationId], discard_after: datetime) -> None:
    expendable = update(GENERATIONS).where(GENERATIONS.c.id == bindparam("wanted"), queries.is_expendable())
    for generation_id in generation_ids:
        connection.execute(expendable.values(discard_after=discard_after), {"wanted": generation_id})


def _insert_all(connection: Connection, table: Table, rows: Sequence[Columns]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _claim_key(connection: Connection, idempotency: IdempotencyRecord) -> None:
    taken = select(IDEMPOTENCY_KEYS.c.batch_id).where(IDEMPOTENCY_KEYS.c.key == idempotency.key)
    if connection.execute(taken).first() is not None:
        raise Conflict(
            f"A submission with the idempotency key {idempotency.key!r} came first: ask for its batch instead.",
            code=KEY_USED_MEANWHILE,
        )
    connection.execute(insert(IDEMPOTENCY_KEYS), idempotency_columns(idempotency))
