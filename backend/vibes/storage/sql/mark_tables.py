"""The table by which a hub finds out whether a transaction was committed whose connection broke."""

from sqlalchemy import BigInteger, Column, String, Table

from vibes.storage.sql.column_types import UtcDateTime
from vibes.storage.sql.tables import METADATA

# Used only where a connection can break: each hub counts its transactions in a row of its own. A killed one leaves it
# for some weeks.
COMMIT_MARKS = Table(
    "commit_marks",
    METADATA,
    Column("writer", String(36), primary_key=True),
    Column("number", BigInteger, nullable=False),
    # By the database's clock, when it began or wrote; null where a release before this column began.
    Column("seen_at", UtcDateTime),
)
