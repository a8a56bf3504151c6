"""The tables of the database; every change here needs a migration beside it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)

from vibes.storage.sql.column_types import ForeignText, SeedText, UtcDateTime

METADATA = MetaData(
    # Named constraints: SQLite rebuilds a table to change one, and a later migration must be able to name it.
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

_ID = String(36)
_WORD = String(32)
"""A word of one of the domain's enumerations."""
_OWNER = String(64)
"""Whose a row is; null is everybody's."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("flow_type", _WORD, nullable=False),
    Column("current_stage", Integer, nullable=False),
    Column("config", JSON, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("delete_after", UtcDateTime),
    Column("owner", _OWNER),
    Index("ix_sessions_created_at", "created_at"),
)

# What a person said should change, as a JSON list of wishes.
INTENTS = Table(
    "intents",
    METADATA,
    Column("session_id", _ID, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("wishes", JSON, nullable=False),
)

REFINEMENTS = Table(
    "refinements",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("session_id", _ID, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("content", JSON, nullable=False),
    Index("ix_refinements_session_id", "session_id"),
)

STYLES = Table(
    "styles",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    # By which it is found and unique, in any letter case.
    Column("folded_name", Text, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("text", Text, nullable=False),
    Column("negative_prompt", Text, nullable=False),
    Column("loras", JSON, nullable=False),
    Column("checkpoint", Text),
    # Not a foreign key: a style outlives the picture that shows it.
    Column("thumbnail", _ID),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("delete_after", UtcDateTime),
    Column("owner", _OWNER),
    Index("ix_styles_folded_name", "folded_name"),
)

BATCHES = Table(
    "batches",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("session_id", _ID, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("priority", _WORD),
    Column("lower_bound_seconds", Double),
    Column("owner", _OWNER),
    # Micro-dollars, as everywhere.
    Column("max_cost", BigInteger, nullable=False, server_default="0"),
    # What shares that limit; null: the batch alone.
    Column("purse", _ID),
    # Of a grid: a list of a parameter and its values for each side.
    Column("axes", JSON(none_as_null=True)),
    Index("ix_batches_session_id", "session_id"),
)

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("body_sha256", String(64), nullable=False),
    Column("batch_id", _ID, ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    Index("ix_idempotency_keys_batch_id", "batch_id"),
)

# Rows are never changed or deleted: the key is the hash of the content, and a retry years later needs it.
WORKFLOW_VERSIONS = Table(
    "workflow_versions",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("document", Text, nullable=False),
)

GENERATIONS = Table(
    "generations",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("session_id", _ID, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("batch_id", _ID, ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    Column("batch_index", Integer, nullable=False),
    Column("parent_id", _ID, ForeignKey("generations.id", ondelete="SET NULL")),
    Column("stage", Integer, nullable=False),
    Column("status", _WORD, nullable=False),
    Column("workflow", Text, nullable=False),
    Column("operation", _WORD, nullable=False),
    Column("model_family", Text, nullable=False),
    Column("task_type", _WORD, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("negative_prompt", Text, nullable=False),
    Column("checkpoint", Text),
    Column("parameters", JSON, nullable=False),
    Column("loras", JSON, nullable=False),
    Column("seed", SeedText, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("steps", Integer),
    Column("cfg_scale", Double),
    Column("denoise_strength", Double),
    Column("seed_chosen", Boolean, nullable=False, server_default=false()),
    # Not a foreign key: after its input was deleted a spec must say so, and not become one without input.
    Column("source_id", _ID),
    Column("preferred_gpu", Text),
    Column("gpu_id", Text),
    Column("image_path", Text),
    Column("thumbnail_path", Text),
    Column("image_sha256", String(64)),
    Column("image_width", Integer),
    Column("image_height", Integer),
    Column("image_size_bytes", Integer),
    Column("image_media_type", _WORD),
    Column("image_graph_node", Text),
    # All images but the first, which few generations have: a list in the row is read with it, at no cost for the
    # others, and is never searched.
    Column("further_images", JSON(none_as_null=True)),
    Column("generation_time_ms", Integer),
    Column("error_message", ForeignText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("completed_at", UtcDateTime),
    Column("starred", Boolean, nullable=False, server_default=false()),
    Column("discard_after", UtcDateTime),
    # Not a foreign key: versions are never deleted, and SQLite would have to rewrite the whole table to add one.
    Column("workflow_version", String(64)),
    Column("place", Integer, nullable=False, server_default="0"),
    # A person retried it after it failed or was cancelled, so a finished job does not cancel it.
    Column("retried", Boolean, nullable=False, server_default=false()),
    # The sum of its spendings, so that a picture is shown with what it cost; null: nothing was paid for it.
    Column("cost", BigInteger),
    Column("reproducible", Boolean, nullable=False, server_default=true()),
    # What it differs in from the others of its batch, by parameter; null for nothing.
    Column("varied", JSON(none_as_null=True)),
    # The prompts before styles and wildcards; null where they are those that were drawn.
    Column("written", JSON(none_as_null=True)),
    # 1 to 5; null: not rated.
    Column("rating", Integer),
    # When it was taken back that was about to be deleted: it is as new as if it had been drawn then.
    Column("restored_at", UtcDateTime),
    # The prompt as searched; null when it equals the prompt.
    Column("folded_prompt", Text),
    Index("ix_generations_queue", "status", "created_at", "batch_index"),
    # Includes the status, so that the session list counts without reading the rows.
    Index("ix_generations_session", "session_id", "created_at", "batch_index", "status"),
    Index("ix_generations_batch", "batch_id", "batch_index", unique=True),
    Index("ix_generations_parent_id", "parent_id"),
    Index("ix_generations_created_at", "created_at", "batch_index"),
    Index("ix_generations_gpu_id", "gpu_id", "created_at"),
    Index("ix_generations_model_family", "model_family", "created_at"),
    Index("ix_generations_checkpoint", "checkpoint", "created_at"),
)

IMAGE_COLUMNS = tuple(
    column
    for column in GENERATIONS.c
    if column.name.startswith("image_") or column.name in {"thumbnail_path", "further_images"}
)
"""What a generation's images are made of."""

# Most generations are neither starred nor discarded: partial indexes leave those out. PostgreSQL's conditions are taken
# from SQLite's: to name them here would load what SQLAlchemy knows of it, two megabytes, into every hub.
Index(
    "ix_generations_starred",
    GENERATIONS.c.created_at,
    GENERATIONS.c.batch_index,
    sqlite_where=GENERATIONS.c.starred.is_(True),
)
Index(
    "ix_generations_discard_after",
    GENERATIONS.c.discard_after,
    sqlite_where=GENERATIONS.c.discard_after.is_not(None),
)

GENERATION_LORAS = Table(
    "generation_loras",
    METADATA,
    # Copies of the names in ``generations.loras``, since searching JSON differs between databases.
    Column("generation_id", _ID, ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Index("ix_generation_loras_name", "name", "generation_id"),
)

GENERATION_VARIED = Table(
    "generation_varied",
    METADATA,
    # Copies of ``generations.varied``, for the same reason.
    Column("generation_id", _ID, ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True),
    Column("parameter", Text, primary_key=True),
    # Folded, like the prompt.
    Column("value", Text, nullable=False),
    # Both as one searchable text, without punctuation between them.
    Column("words", Text, nullable=False),
    Index("ix_generation_varied_parameter", "parameter", "value", "generation_id"),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("generation_id", _ID, ForeignKey("generations.id", ondelete="CASCADE"), nullable=False),
    Column("node_id", Text, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("graph", JSON, nullable=False),
    Column("node_number", Double),
    Column("error_message", ForeignText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("lease_expires_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("node_died", Boolean, nullable=False, server_default=false()),
    Column("charges", Boolean, nullable=False, server_default=false()),
    Index("ix_attempts_open", "state", "created_at"),
    Index("ix_attempts_generation_id", "generation_id", "created_at"),
)

# The ledger: one row an attempt that costs money. No foreign keys: it outlasts the pictures.
SPENDINGS = Table(
    "spendings",
    METADATA,
    Column("attempt_id", _ID, primary_key=True),
    Column("generation_id", _ID, nullable=False),
    Column("batch_id", _ID, nullable=False),
    Column("session_id", _ID, nullable=False),
    Column("purse", _ID, nullable=False),
    Column("node_id", Text, nullable=False),
    Column("owner", _OWNER),
    Column("state", _WORD, nullable=False),
    Column("amount", BigInteger, nullable=False),
    # The day of the commitment in UTC, which is what it counts towards: ``2026-03-14``.
    Column("day", String(10), nullable=False),
    Column("committed_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    # A person has asked for the picture again since: it may be paid for once more.
    Column("written_off", Boolean, nullable=False, server_default=false()),
    Index("ix_spendings_node_id", "node_id", "day"),
    Index("ix_spendings_purse", "purse", "node_id"),
    Index("ix_spendings_generation_id", "generation_id"),
    Index("ix_spendings_day", "day"),
)

# What people said about model files: a file's family, and a family's preferred file.
MODEL_FAMILIES = Table(
    "model_families", METADATA, Column("file", Text, primary_key=True), Column("family", Text, nullable=False)
)
PREFERRED_MODELS = Table(
    "preferred_models", METADATA, Column("family", Text, primary_key=True), Column("file", Text, nullable=False)
)

# One row while the queue is paused, none while it is not.
QUEUE_PAUSES = Table("queue_pauses", METADATA, Column("since", UtcDateTime, primary_key=True))

# Deleted with its session, which holds only the job's pictures.
JOBS = Table(
    "jobs",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("session_id", _ID, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("status", _WORD, nullable=False),
    Column("priority", _WORD, nullable=False),
    Column("returned", JSON, nullable=False),
    Column("failed_task", String(64)),
    Column("error_message", ForeignText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("idempotency_key", Text),
    Column("body_sha256", String(64)),
    Column("owner", _OWNER),
    Column("max_cost", BigInteger, nullable=False, server_default="0"),
    Index("ix_jobs_session_id", "session_id", unique=True),
    Index("ix_jobs_status", "status", "created_at"),
    Index("ix_jobs_created_at", "created_at"),
    Index("ix_jobs_idempotency_key", "idempotency_key", unique=True),
)

JOB_TASKS = Table(
    "job_tasks",
    METADATA,
    Column("job_id", _ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("task_id", String(64), nullable=False),
    Column("type", Text, nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("workflow", Text, nullable=False),
    Column("model_family", Text, nullable=False),
    Column("workflow_version", String(64), nullable=False),
    Column("status", _WORD, nullable=False),
    # Not a foreign key: the batch belongs to the job's session and is deleted with it, like this row.
    Column("batch_id", _ID),
    Column("error_message", ForeignText),
    Column("started_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
)

JOB_EVENTS = Table(
    "job_events",
    METADATA,
    Column("job_id", _ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("task_id", String(64)),
    Column("status", _WORD, nullable=False),
    Column("batch_id", _ID),
    Column("message", ForeignText),
    Column("failed_task", String(64)),
)

JOB_ARTIFACTS = Table(
    "job_artifacts",
    METADATA,
    Column("job_id", _ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("artifact_id", String(128), primary_key=True),
    Index("ix_job_artifacts_artifact_id", "artifact_id"),
)

# Whose an upload is. One without a row is everybody's, as those are that were uploaded before there were owners.
ARTIFACTS = Table(
    "artifacts",
    METADATA,
    Column("id", String(128), primary_key=True),
    Column("owner", _OWNER),
)

DOOMED_FILES = Table(
    "doomed_files",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False),
)

# What was rented, or was about to be. The content is in the words of the node's kind.
RENTALS = Table(
    "rentals",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("node_id", Text, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("content", JSON, nullable=False),
    Index("ix_rentals_ended_at", "ended_at"),
)
