"""The tables of workers and their orders; every change here needs a migration, as for all others."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from vibes.storage.sql.column_types import UtcDateTime
from vibes.storage.sql.tables import METADATA

ID, NAME = String(36), String(64)

WORKERS = Table(
    "workers",
    METADATA,
    Column("name", NAME, primary_key=True),
    Column("node_id", NAME, nullable=False),
    Column("device", NAME, nullable=False),
    Column("tier", String(16), nullable=False),
    Column("capabilities", JSON, nullable=False),
    Column("max_resolution", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    # By the clock of the database, as all times here.
    Column("heartbeat_at", UtcDateTime, nullable=False),
    Column("vitals", JSON(none_as_null=True)),
    Column("inventory_digest", String(64), nullable=False),
    # Large: read when its digest changes.
    Column("inventory", JSON(none_as_null=True)),
    Index("ix_workers_node_id", "node_id"),
)

WORKER_ORDERS = Table(
    "worker_orders",
    METADATA,
    # In the order in which they came.
    Column("place", Integer, primary_key=True, autoincrement=True),
    # Not a foreign key: the hub's rehearsals and warm-ups are no attempts.
    Column("attempt_id", ID, nullable=False),
    Column("node_id", NAME, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sent", JSON, nullable=False),
    Column("holder", NAME),
    # The hub wishes that whoever has it stops it.
    Column("unwanted", Boolean, nullable=False),
    Column("signs", Integer, nullable=False),
    Column("outcome", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_worker_orders_attempt_id", "attempt_id", unique=True),
    Index("ix_worker_orders_open", "node_id", "state", "place"),
    Index("ix_worker_orders_holder", "holder"),
    Index("ix_worker_orders_ended_at", "ended_at"),
)
