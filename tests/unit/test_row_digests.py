"""A digest tells whether two tables hold the same rows, whatever their order; mending changes only what must be."""

import math
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from vibes.storage.copying.rows import Digest, mended

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(st.tuples(VALUES, VALUES), max_size=6)


def digest_of(rows: list[tuple[object, object]]) -> Digest:
    digest = Digest()
    for row in rows:
        digest.add(row)
    return digest


@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[tuple[object, object]], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert digest_of(rows) == digest_of(shuffled)
    assert digest_of(rows) != digest_of([*rows, (1, 2)])


@given(VALUES)
def test_what_every_database_keeps_is_not_changed(value: object) -> None:
    row = {"value": value}
    once = mended(row)
    assert mended(once) == once
    if "\\u0000" not in repr(value) and "\\x00" not in repr(value):
        assert once == row


def test_a_moment_is_the_same_in_any_zone_and_a_number_is_no_text() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    elsewhere = noon.astimezone(timezone(timedelta(hours=5)))
    assert digest_of([(noon, 1)]) == digest_of([(elsewhere, 1)])
    assert digest_of([(noon, 1)]) != digest_of([(noon, "1")])
    assert digest_of([(noon, True)]) != digest_of([(noon, 1)])


def test_what_none_but_a_file_keeps_is_mended() -> None:
    assert mended({"a": "x\0", "b": [math.nan, {"\ud800": math.inf}]}) == {
        "a": "x\ufffd",
        "b": [None, {"\ufffd": None}],
    }
