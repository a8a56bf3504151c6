"""The tables of hubs that share a database; every change here needs a migration, as for all others."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from vibes.storage.sql.column_types import UtcDateTime
from vibes.storage.sql.tables import METADATA

_ID = String(36)

# A right that one replica has at a time, by its name. An empty holder: it was given back.
LEASES = Table(
    "leases",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("holder", _ID, nullable=False),
    # Rises with each change of the holder.
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("address", Text, nullable=False),
    Column("version", Text, nullable=False),
)

REPLICAS = Table(
    "replicas",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("address", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# What replicas know and nobody else: with it one shows another that it is one.
REPLICA_SECRETS = Table(
    "replica_secrets",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("secret", Text, nullable=False),
)
