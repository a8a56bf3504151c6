"""The tables of nodes; every change here needs a migration, as for all others."""

from sqlalchemy import Boolean, Column, String, Table, Text, false

from vibes.storage.sql.column_types import UtcDateTime
from vibes.storage.sql.tables import METADATA

# Nodes that a person drained, or lends in their own hours, also while they are not in gpus.yaml.
DRAINED_NODES = Table(
    "drained_nodes",
    METADATA,
    Column("node_id", Text, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("running", String(16), nullable=False, server_default="finish"),
    Column("free", Boolean, nullable=False, server_default=false()),
    Column("lent", Boolean, nullable=False, server_default=false()),
)
