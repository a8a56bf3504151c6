"""One row as both databases hold it: what cannot be taken along is mended, and equal rows have one digest."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from vibes.storage.sql.column_types import storable

_DIGEST_BYTES = 32


def mended(row: Mapping[str, object]) -> dict[str, object]:
    """The row with a replacement character for NUL and half a surrogate pair, and null for numbers that are none.

    Earlier releases took such from people and wrote them into a file; no other database keeps them.
    """
    return {name: _mended(value) for name, value in row.items()}


def _mended(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {storable(name): _mended(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return value


class Digest:
    """Of a table's rows in any order, with their number."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: Sequence[object]) -> None:
        told = json.dumps(row, default=_told, sort_keys=True, ensure_ascii=True).encode()
        self._sum += int.from_bytes(hashlib.sha256(told).digest())
        self._sum %= 1 << (8 * _DIGEST_BYTES)
        self.rows += 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digest) and (self.rows, self._sum) == (other.rows, other._sum)

    def __hash__(self) -> int:
        return hash((self.rows, self._sum))

    def __str__(self) -> str:
        return self._sum.to_bytes(_DIGEST_BYTES).hex()


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} in a row")
