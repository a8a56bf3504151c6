"""Copies every row of a database into an empty one, and proves each by its digest before it counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, insert, select, update

from vibes.domain.errors import StorageUnavailable
from vibes.storage.copying.rows import Digest, mended
from vibes.storage.copying.sides import reading, tables, writing

_AT_ONCE = 500
"""Rows in memory."""

Progress = Callable[[str, int, int], None]
"""Hears which table it is, how many rows of it are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Copied:
    rows: Mapping[str, int]
    """By table."""
    mended: int
    """Rows with characters or numbers that only a file keeps."""


def copy_database(source: str, target: str, progress: Progress) -> Copied:
    """Raises what opening the two raises, and StorageUnavailable when a row came out otherwise than it went in; then
    nothing was written."""
    counts: dict[str, int] = {}
    changed = 0
    with reading(source) as read, writing(target) as write:
        for table in tables():
            sent, different = _copy(table, read, write, progress)
            arrived = digest_of(table, write)
            if sent != arrived:
                raise StorageUnavailable(
                    f"The rows of {table.name} came out otherwise than they went in ({sent.rows:,} and "
                    f"{arrived.rows:,} rows): nothing was written."
                )
            counts[table.name] = sent.rows
            changed += different
        _continue_numbers(write)
    return Copied(counts, changed)


def digests(url: str, progress: Progress) -> Mapping[str, Digest]:
    """Of every table of a database that no hub uses; reads every row."""
    with reading(url) as connection:
        return {table.name: digest_of(table, connection, progress) for table in tables()}


def digest_of(table: Table, connection: Connection, progress: Progress | None = None) -> Digest:
    digest = Digest()
    total = _number(table, connection) if progress is not None else 0
    for rows in _slices(select(table), connection):
        for row in rows:
            digest.add([row[column.name] for column in table.columns])
        if progress is not None:
            progress(table.name, digest.rows, total)
    return digest


def _copy(table: Table, read: Connection, write: Connection, progress: Progress) -> tuple[Digest, int]:
    """What was sent, and how many rows had to be mended for it."""
    digest, changed, total = Digest(), 0, _number(table, read)
    own = _references_to_itself(table)
    for rows in _slices(select(table), read):
        sent = [mended(row) for row in rows]
        changed += sum(new != old for new, old in zip(sent, rows, strict=True))
        for row in sent:
            digest.add([row[column.name] for column in table.columns])
        write.execute(insert(table), [{**row, **dict.fromkeys(own)} for row in sent])
        progress(table.name, digest.rows, total)
    for name in own:  # what a row refers to may have come after it
        referring = select(table.c.id.label("row"), table.c[name].label("other")).where(table.c[name].is_not(None))
        change = update(table).where(table.c.id == bindparam("row")).values({name: bindparam("other")})
        for rows in _slices(referring, read):
            write.execute(change, rows)
    return digest, changed


def _slices(query: Select[Any], connection: Connection) -> Iterator[list[dict[str, Any]]]:
    result = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
    for rows in result.mappings().partitions(_AT_ONCE):
        yield [dict(row) for row in rows]


def _number(table: Table, connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _references_to_itself(table: Table) -> Sequence[str]:
    return [each.parent.name for each in table.foreign_keys if each.column.table is table]


def _continue_numbers(connection: Connection) -> None:
    """A server's own counters begin behind what was copied; a file has none."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is not None:
            last = select(func.max(column)).select_from(table)
            if (number := connection.execute(last).scalar()) is not None:
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(select(func.setval(sequence, bindparam("number"))), {"number": number})
