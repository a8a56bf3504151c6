"""Translates between jobs and the rows that hold them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from vibes.domain.job import Job, JobEvent, JobIdempotency, JobStatus, JobStep, JobTask
from vibes.domain.priority import Priority
from vibes.storage.sql.rows import Columns


def job_columns(job: Job, idempotency: JobIdempotency | None) -> Columns:
    return {
        "id": job.id,
        "session_id": job.session_id,
        "status": job.status,
        "priority": job.priority,
        "returned": job.returned,
        "failed_task": job.failed_task,
        "error_message": job.error_message,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "completed_at": job.completed_at,
        "owner": job.owner,
        "max_cost": job.max_cost,
        "idempotency_key": idempotency and idempotency.key,
        "body_sha256": idempotency and idempotency.body_sha256,
    }


def job_of(row: Row[Any], tasks: tuple[JobTask, ...]) -> Job:
    return Job(
        id=row.id,
        session_id=row.session_id,
        status=JobStatus(row.status),
        priority=Priority(row.priority),
        tasks=tasks,
        returned=row.returned,
        failed_task=row.failed_task,
        error_message=row.error_message,
        created_at=row.created_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        owner=row.owner,
        max_cost=row.max_cost,
    )


def task_columns(job: Job, position: int) -> Columns:
    task = job.tasks[position]
    return {
        "job_id": job.id,
        "position": position,
        "task_id": task.id,
        "type": task.type,
        "inputs": dict(task.inputs),
        "workflow": task.workflow,
        "model_family": task.model_family,
        "workflow_version": task.workflow_version,
        "status": task.status,
        "batch_id": task.batch_id,
        "error_message": task.error_message,
        "started_at": task.started_at,
        "completed_at": task.completed_at,
    }


def task_of(row: Row[Any]) -> JobTask:
    return JobTask(
        id=row.task_id,
        type=row.type,
        inputs=row.inputs,
        workflow=row.workflow,
        model_family=row.model_family,
        workflow_version=row.workflow_version,
        status=JobStatus(row.status),
        batch_id=row.batch_id,
        error_message=row.error_message,
        started_at=row.started_at,
        completed_at=row.completed_at,
    )


def event_columns(event: JobEvent) -> Columns:
    step = event.step
    return {
        "job_id": event.job_id,
        "seq": event.seq,
        "at": event.at,
        "task_id": step.task_id,
        "status": step.status,
        "batch_id": step.batch_id,
        "message": step.message,
        "failed_task": step.failed_task,
    }


def event_of(row: Row[Any]) -> JobEvent:
    step = JobStep(
        status=JobStatus(row.status),
        task_id=row.task_id,
        batch_id=row.batch_id,
        message=row.message,
        failed_task=row.failed_task,
    )
    return JobEvent(job_id=row.job_id, seq=row.seq, at=row.at, step=step)


def outcome_of(step: JobStep, at: datetime) -> Columns:
    """What a step writes into the row of its job or task."""
    columns: Columns = {"status": step.status}
    if step.batch_id is not None:
        columns["batch_id"] = step.batch_id
    if step.status is JobStatus.RUNNING:
        columns["started_at"] = at
    if step.status.terminal:
        columns |= {"completed_at": at, "error_message": step.message}
        if step.task_id is None:
            columns["failed_task"] = step.failed_task
    return columns
