"""A workflow at the time of submission, so that later edits of its files do not affect queued work."""

from dataclasses import dataclass

from vibes.domain.ids import WorkflowVersionId


@dataclass(frozen=True, slots=True)
class WorkflowVersion:
    id: WorkflowVersionId
    """SHA-256 of the document in hexadecimal: equal workflows are one version."""
    document: str
    """JSON, as `vibes.workflows.definition.workflow_record` writes and reads it."""
