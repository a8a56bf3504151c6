"""Workflow jobs: their tasks, what happened to them, and the uploads that they start from."""

import sqlalchemy as sa
from alembic import op

from vibes.storage.sql.column_types import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_jobs()
    _create_tasks()
    op.create_table(
        "job_events",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("task_id", sa.String(64)),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("batch_id", sa.String(36)),
        sa.Column("message", sa.Text()),
        sa.Column("failed_task", sa.String(64)),
        sa.PrimaryKeyConstraint("job_id", "seq", name="pk_job_events"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_events_job_id", ondelete="CASCADE"),
    )
    op.create_table(
        "job_artifacts",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("artifact_id", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "artifact_id", name="pk_job_artifacts"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_artifacts_job_id", ondelete="CASCADE"),
    )
    op.create_index("ix_job_artifacts_artifact_id", "job_artifacts", ["artifact_id"])


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("priority", sa.String(32), nullable=False),
        sa.Column("returned", sa.JSON(), nullable=False),
        sa.Column("failed_task", sa.String(64)),
        sa.Column("error_message", sa.Text()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("completed_at", UtcDateTime()),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("body_sha256", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_jobs_session_id", ondelete="CASCADE"),
    )
    op.create_index("ix_jobs_session_id", "jobs", ["session_id"], unique=True)
    op.create_index("ix_jobs_status", "jobs", ["status", "created_at"])
    op.create_index("ix_jobs_created_at", "jobs", ["created_at"])
    op.create_index("ix_jobs_idempotency_key", "jobs", ["idempotency_key"], unique=True)


def _create_tasks() -> None:
    op.create_table(
        "job_tasks",
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(64), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("model_family", sa.Text(), nullable=False),
        sa.Column("workflow_version", sa.String(64), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("batch_id", sa.String(36)),
        sa.Column("error_message", sa.Text()),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("completed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("job_id", "position", name="pk_job_tasks"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_tasks_job_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    for table in ("job_artifacts", "job_events", "job_tasks", "jobs"):
        op.drop_table(table)
