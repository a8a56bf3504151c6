"""What differs between databases while one is open, and nothing of it known by whoever reads and writes."""

from typing import Protocol

from sqlalchemy import Connection, Engine

READERS = 4
"""Connections that read at the same time."""


class Marks(Protocol):
    """Tell whether a transaction was committed whose connection broke before it could say so."""

    def put(self, connection: Connection, number: int) -> None:
        """Make ``number`` part of the transaction. Raises StorageUnavailable where the marks are gone."""
        ...

    def last(self, connection: Connection) -> int:
        """The number of this writer's last committed transaction, 0 for none; waits for one that is under way."""
        ...


class Engines(Protocol):
    """One connection that writes and ``READERS`` that only read, each statement by itself."""

    @property
    def writer(self) -> Engine: ...

    @property
    def readers(self) -> Engine: ...

    @property
    def marks(self) -> "Marks | None":
        """None where a connection cannot break."""
        ...

    def prepare(self) -> None:
        """Before the first transaction; raises StorageUnavailable where the database cannot be written."""
        ...

    def finish(self) -> None:
        """After the last one."""
        ...

    def dispose(self) -> None:
        """Close every connection."""
        ...
