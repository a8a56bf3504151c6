"""The first schema: sessions, batches, generations and their attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.String(36)
_WORD = sa.String(32)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_sessions()
    _create_batches()
    _create_generations()
    _create_generation_loras()
    _create_attempts()


def downgrade() -> None:
    for table in ("attempts", "generation_loras", "generations", "idempotency_keys", "batches", "sessions"):
        op.drop_table(table)


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("flow_type", _WORD, nullable=False),
        sa.Column("current_stage", sa.Integer(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_created_at", "sessions", ["created_at"])


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", _ID, nullable=False),
        sa.Column("session_id", _ID, nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        _reference("batches", "session_id", "sessions.id", "CASCADE"),
    )
    op.create_index("ix_batches_session_id", "batches", ["session_id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("batch_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_keys"),
        _reference("idempotency_keys", "batch_id", "batches.id", "CASCADE"),
    )
    op.create_index("ix_idempotency_keys_batch_id", "idempotency_keys", ["batch_id"])


def _create_generations() -> None:
    op.create_table(
        "generations",
        *_generation_origin(),
        *_generation_spec(),
        *_generation_outcome(),
        sa.PrimaryKeyConstraint("id", name="pk_generations"),
        _reference("generations", "session_id", "sessions.id", "CASCADE"),
        _reference("generations", "batch_id", "batches.id", "CASCADE"),
        _reference("generations", "parent_id", "generations.id", "SET NULL"),
    )
    op.create_index("ix_generations_queue", "generations", ["status", "created_at", "batch_index"])
    op.create_index("ix_generations_session", "generations", ["session_id", "created_at", "batch_index", "status"])
    op.create_index("ix_generations_batch", "generations", ["batch_id", "batch_index"], unique=True)
    op.create_index("ix_generations_parent_id", "generations", ["parent_id"])
    op.create_index("ix_generations_created_at", "generations", ["created_at", "batch_index"])
    op.create_index("ix_generations_gpu_id", "generations", ["gpu_id", "created_at"])
    op.create_index("ix_generations_model_family", "generations", ["model_family", "created_at"])
    _create_partial_generation_index(
        "ix_generations_starred", ["created_at", "batch_index"], sa.column("starred").is_(sa.true())
    )
    _create_partial_generation_index(
        "ix_generations_discard_after", ["discard_after"], sa.column("discard_after").is_not(None)
    )


def _generation_origin() -> list[sa.Column[object]]:
    return [
        sa.Column("id", _ID, nullable=False),
        sa.Column("session_id", _ID, nullable=False),
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("batch_index", sa.Integer(), nullable=False),
        sa.Column("parent_id", _ID),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("status", _WORD, nullable=False),
    ]


def _generation_spec() -> list[sa.Column[object]]:
    return [
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("operation", _WORD, nullable=False),
        sa.Column("model_family", sa.Text(), nullable=False),
        sa.Column("task_type", _WORD, nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("negative_prompt", sa.Text(), nullable=False),
        sa.Column("checkpoint", sa.Text()),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("loras", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("steps", sa.Integer()),
        sa.Column("cfg_scale", sa.Double()),
        sa.Column("denoise_strength", sa.Double()),
        sa.Column("source_id", _ID),
        sa.Column("preferred_gpu", sa.Text()),
    ]


def _generation_outcome() -> list[sa.Column[object]]:
    return [
        sa.Column("gpu_id", sa.Text()),
        sa.Column("image_path", sa.Text()),
        sa.Column("thumbnail_path", sa.Text()),
        sa.Column("image_sha256", sa.String(64)),
        sa.Column("image_width", sa.Integer()),
        sa.Column("image_height", sa.Integer()),
        sa.Column("image_size_bytes", sa.Integer()),
        sa.Column("generation_time_ms", sa.Integer()),
        sa.Column("error_message", sa.Text()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("completed_at", _MOMENT),
        sa.Column("starred", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("discard_after", _MOMENT),
    ]


def _create_partial_generation_index(name: str, columns: list[str], condition: sa.ColumnElement[bool]) -> None:
    op.create_index(name, "generations", columns, sqlite_where=condition, postgresql_where=condition)


def _create_generation_loras() -> None:
    op.create_table(
        "generation_loras",
        sa.Column("generation_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("generation_id", "name", name="pk_generation_loras"),
        _reference("generation_loras", "generation_id", "generations.id", "CASCADE"),
    )
    op.create_index("ix_generation_loras_name", "generation_loras", ["name", "generation_id"])


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("generation_id", _ID, nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("graph", sa.JSON(), nullable=False),
        sa.Column("node_number", sa.Double()),
        sa.Column("error_message", sa.Text()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("lease_expires_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        _reference("attempts", "generation_id", "generations.id", "CASCADE"),
    )
    op.create_index("ix_attempts_open", "attempts", ["state", "created_at"])
    op.create_index("ix_attempts_generation_id", "attempts", ["generation_id", "created_at"])


def _reference(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=on_delete)
