"""A workflow as it was when work was asked of it, so that no later edit of its files reaches what is queued."""

from dataclasses import dataclass

from vibes.domain.ids import WorkflowVersionId


@dataclass(frozen=True, slots=True)
class WorkflowVersion:
    id: WorkflowVersionId
    """SHA-256 of the document in hexadecimal: equal workflows are one version."""
    document: str
    """JSON, as `vibes.workflows.definition.workflow_record` writes and reads it."""
