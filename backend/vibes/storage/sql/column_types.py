"""Column types for what plain columns would change or refuse: times, seeds, and the words of machines."""

import re
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator

_REFUSED = re.compile("[\x00\ud800-\udfff]")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC and read back as aware UTC, to the microsecond.

    SQLite has no time zones and stores text; in one zone and one width that text sorts like the moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone to be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SeedText(TypeDecorator[int]):
    """A seed of 0 to 2^64 - 1 as its decimal digits.

    SQL integers end at 2^63 - 1, and SQLite's NUMERIC would round larger ones to a float. Seeds are only ever
    compared for equality, which digits without leading zeros do faithfully and legibly.
    """

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


class ForeignText(TypeDecorator[str]):
    """What a machine said, with a replacement character for what a database refuses: NUL and half a surrogate pair.

    People are told of theirs; how an attempt ended must be stored whatever its node called it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


def storable(text: str) -> str:
    return _REFUSED.sub("\ufffd", text)
