"""Identifiers, one type each, so that the type checker tells a batch id from a generation id."""

from typing import NewType

from vibes.domain.chance import random_uuid

NodeId = NewType("NodeId", str)
SessionId = NewType("SessionId", str)
BatchId = NewType("BatchId", str)
GenerationId = NewType("GenerationId", str)
AttemptId = NewType("AttemptId", str)
WorkflowVersionId = NewType("WorkflowVersionId", str)
JobId = NewType("JobId", str)
StyleId = NewType("StyleId", str)
BoardId = NewType("BoardId", str)
TaskId = NewType("TaskId", str)
"""The name of a task within its job."""
OwnerId = NewType("OwnerId", str)
"""Whose work it is."""


def new_session_id() -> SessionId:
    return SessionId(str(random_uuid()))


def new_batch_id() -> BatchId:
    return BatchId(str(random_uuid()))


def new_generation_id() -> GenerationId:
    return GenerationId(str(random_uuid()))


def new_attempt_id() -> AttemptId:
    """A lower-case uuid4: the form of ``prompt_id`` that every ComfyUI accepts
    (docs/comfyui-protocol.md#submitting)."""
    return AttemptId(str(random_uuid()))


def new_job_id() -> JobId:
    return JobId(str(random_uuid()))


def new_style_id() -> StyleId:
    return StyleId(str(random_uuid()))


def new_board_id() -> BoardId:
    return BoardId(str(random_uuid()))
